import { readFile } from "node:fs/promises";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { HOSTILE_KEYS, PODS, PODS_PER_NAMESPACE, STORY_NAME, storyKeyspace } from "@/tests/story/small-cluster";
import { countPrefixes } from "@/tests/support/truth";

const figures = countPrefixes([...storyKeyspace()].map(([key, valueBytes]) => [key, { valueBytes }]));

test("drilling by mouse leads from the roots to a single key", async ({ page }) => {
  await page.goto(storyPath("/keyspace"));
  const rows = page.getByRole("grid");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(
    `${STORY_NAME} holds ${storyKeyspace().size.toLocaleString("en-US")} keys`,
  );
  await rows.getByRole("link", { name: "/registry/" }).click();
  await expect(page).toHaveURL(/prefix=%2Fregistry%2F/);
  await expect(rows.getByRole("row", { name: /^pods\// })).toContainText(String(PODS));
  await rows.getByRole("link", { name: "pods/" }).click();
  await rows.getByRole("link", { name: "shop/" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${PODS_PER_NAMESPACE} keys`);
  await rows.getByRole("link", { name: "pod-119", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/pods/shop/pod-119");
  await expect(page.getByTitle("4,119 bytes").first()).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/pods/shop/");
});

test("drilling by keyboard: arrows move, Enter opens, Backspace goes back up", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { sort: "prefix", order: "asc" }));
  const registry = page.getByRole("grid").getByRole("row", { name: /\/registry\// });
  await registry.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/prefix=%2Fregistry%2F/);
  const pods = page.getByRole("grid").getByRole("row", { name: /^pods\// });
  await expect(pods).toBeVisible();
  await page.getByRole("textbox", { name: "Filter Children" }).fill("pods");
  await page.keyboard.press("ArrowDown");
  await expect(pods).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/pods/");
  await page
    .getByRole("grid")
    .getByRole("row", { name: /shop\// })
    .focus();
  await page.keyboard.press("Backspace");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/\/registry\/\s?holds/);
});

test("the treemap's tiles lead deeper, too", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/" }));
  const map = page.getByRole("navigation", { name: /Children of \/registry\/ by live bytes/ });
  await map.getByRole("link", { name: /pods\// }).click();
  await expect(page).toHaveURL(/prefix=%2Fregistry%2Fpods%2F/);
});

test("a sort and a measure are in the URL, and hold over a reload", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/" }));
  await page.getByRole("radiogroup", { name: "Area" }).getByText("Keys").click();
  await expect(page).toHaveURL(/area=keys/);
  await page.getByRole("columnheader", { name: "Largest value" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=largestValueBytes/);
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Largest value" })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toContainText("configmaps/");
});

test("history is a measure of its own, with what is held in all", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/" }));
  await page.getByRole("radiogroup", { name: "Area" }).getByText("History").click();
  await expect(page).toHaveURL(/area=history/);
  await expect(page.getByRole("columnheader", { name: "History" })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("columnheader", { name: "Held in all" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Leased keys" })).toBeVisible();
});

test("two instants are compared, by keyboard; how far the records reach is said", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/" }));
  await page.getByRole("button", { name: "Compare: off" }).focus();
  await page.keyboard.press("Enter");
  const choice = page.getByRole("button", { name: "30 days ago" });
  await choice.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/compare=30d/);
  await expect(page.getByText("The records do not go back that far")).toBeVisible();
  await page.getByRole("button", { name: "Compare with where they begin" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/^Since .*\/registry\//);
  const changes = page.getByRole("grid", { name: "Changes" });
  await expect(changes.getByRole("row", { name: /^pods\// })).toBeVisible();
  await expect(changes.getByRole("row", { name: /^Together/ })).toBeVisible();
  await page.getByRole("radiogroup", { name: "Which changes" }).getByText(/^Gone/).click();
  await expect(page).toHaveURL(/change=gone/);
  await expect(page.getByText("No child is gone.")).toBeVisible();
  await expectSoundPage(page);
});

test("figures move while one looks", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/leases/kube-system/" }));
  const lastWrite = page.getByRole("grid").getByRole("row", { name: /kube-scheduler/ });
  const note = page.getByText(/exact at revision/);
  const before = await note.textContent();
  await expect(lastWrite).toBeVisible();
  await expect(note).not.toHaveText(before ?? "");
});

test("hostile keys are shown as what they are, and nothing of them runs", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/hostile/" }));
  const rows = page.getByRole("grid");
  const markup = HOSTILE_KEYS.markup.replace("/hostile/", "");
  await expect(rows.getByText(markup)).toBeVisible();
  await expect(rows.getByText("=1+1")).toBeVisible();
  await expect(rows.getByRole("row", { name: /\\xff/ })).toBeVisible();
  expect(await page.locator("img").count()).toBe(0);
  await rows.getByRole("link", { name: /\\xff/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("\\xff");
  await expect(page.getByTitle("24 bytes").first()).toBeVisible();
});

test("the CSV holds every child with its exact bytes, and no formula a spreadsheet would run", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/hostile/" }));
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Children as CSV" }).click();
  const [header, ...records] = parseCsv(await readFile(await (await downloading).path(), "utf8"));
  const column = (name: string) => header?.indexOf(name) ?? -1;
  const keys = records.map((record) => Buffer.from(record[column("prefixBase64")] ?? "", "base64").toString("latin1"));
  expect(keys.sort()).toEqual(Object.values(HOSTILE_KEYS).sort());
  for (const record of records) {
    expect(record).toHaveLength(header?.length ?? 0);
    expect(record[column("valueBytes")]).toBe("24");
    for (const cell of record) expect(cell).not.toMatch(/^[=+@\t\r]/);
  }
});

test("every namespace's figures equal the story's own", async ({ request }) => {
  const answer = await request.get(`/api/v1${storyPath("/prefixes", { parent: "/registry/pods/", sort: "prefix" })}`);
  const { items } = (await answer.json()) as { items: { prefix: string; keys: number; valueBytes: number }[] };
  expect(items).toHaveLength(5);
  for (const { prefix, keys, valueBytes } of items) {
    expect({ keys, valueBytes }).toMatchObject({ keys, valueBytes: figures.get(prefix)?.valueBytes });
    expect(keys).toBe(figures.get(prefix)?.keys);
  }
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/" }));
  await expect(page.getByRole("grid").getByRole("row", { name: /pods\// })).toBeVisible();
  await expectSoundPage(page);
});

/** RFC 4180, with quoted cells. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end !== ",") records.push([]);
  }
  return records.filter((record) => record.some((cell) => cell !== ""));
}
