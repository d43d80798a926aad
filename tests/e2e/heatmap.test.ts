import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { HOT_KEY } from "@/tests/story/small-cluster";

const HOT_PREFIX = HOT_KEY.slice(0, HOT_KEY.lastIndexOf("/") + 1);

const stage = (page: Page) => page.getByRole("application", { name: /by prefix and time/ });

/** Opens the page and waits until the hot lease's writes are in it. */
async function openHeatmap(page: Page, search: Record<string, string> = {}): Promise<void> {
  await expect(async () => {
    await page.goto(storyPath("/heatmap", search));
    await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/leases/", { timeout: 10_000 });
  }).toPass({ timeout: 120_000 });
}

test("the page opens with where the writes went, and is sound everywhere", async ({ page }) => {
  await openHeatmap(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("of all writes in the last hour went to");
  await expect(page.getByText(/The hottest cell is/)).toBeVisible();
  await expect(stage(page)).toBeVisible();
  await expect(page.getByText("not watched", { exact: true })).toBeVisible();
  await expectSoundPage(page);
});

test("the keyboard walks the cells, speaks them, pins one and opens its prefix", async ({ page }) => {
  await openHeatmap(page);
  await stage(page).focus();
  await page.keyboard.press("ArrowDown");
  const spoken = page.locator("[aria-live=polite]").filter({ hasText: "writes/s" });
  await expect(spoken).toContainText(HOT_PREFIX);
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Copy" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Copy" })).toBeHidden();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/keyspace\/prefix\?prefix=%2Fregistry%2Fleases%2F/);
  await expect(page).toHaveURL(/from=.*to=/);
});

test("a dragged window becomes the page's range, and double click leads back", async ({ page }) => {
  await openHeatmap(page, { range: "15m" });
  const box = await stage(page).locator("canvas").boundingBox();
  if (box === null) throw new Error("the canvas has no place");
  const y = box.y + box.height / 2;
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + box.width * 0.2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect(page).toHaveURL(/from=.*to=/);
  await page.getByRole("button", { name: "Reset zoom" }).click();
  await expect(page).toHaveURL(/range=15m/);
  await expect(page).not.toHaveURL(/from=/);
});

test("measure, scale, prefix and comparison are in the URL, and hold over a reload", async ({ page }) => {
  await openHeatmap(page);
  await page.getByRole("radiogroup", { name: "Measure" }).getByText("Written bytes").click();
  await page.getByRole("radiogroup", { name: "Scale" }).getByText("Linear").click();
  await page.getByRole("radiogroup", { name: "Against" }).getByText("1 h before").click();
  await expect(page).toHaveURL(/measure=writtenBytes&scale=linear&compare=1h/);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Written bytes" })).toBeChecked();
  await expect(
    page.getByRole("heading", { name: /Written bytes per second, more or less than 1 h before/ }),
  ).toBeVisible();
});

test("zoomed rows and brightness are in the URL, hold over a reload, and are left by the way back", async ({
  page,
}) => {
  await openHeatmap(page);
  await stage(page)
    .locator("canvas")
    .hover({ position: { x: 300, y: 4 } });
  await page.keyboard.down("Shift");
  for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -300);
  await page.keyboard.up("Shift");
  await expect(page).toHaveURL(/first=.*&last=/);
  const [zoomed] = page.url().split("&brightness");
  await page.getByRole("slider", { name: "Brightness" }).focus();
  await page.keyboard.press("End");
  await expect(page).toHaveURL(/brightness=1/);
  await page.reload();
  await expect(page.getByRole("slider", { name: "Brightness" })).toHaveValue("1");
  await expect(page.getByRole("button", { name: "Reset zoom" })).toBeVisible();
  await page.getByRole("button", { name: "Reset zoom" }).click();
  await expect(page).not.toHaveURL(/first=/);
  await page.goto(zoomed ?? "");
  await expect(page.getByRole("button", { name: "Reset zoom" })).toBeVisible();
});

test("the same as a table, to take home", async ({ page }) => {
  await openHeatmap(page);
  await page.getByRole("button", { name: "Show as table" }).click();
  await expect(page).toHaveURL(/view=table/);
  const table = page.getByRole("table", { name: /Writes per second by prefix and time/ });
  await expect(table.locator(`a[href*="${encodeURIComponent(HOT_PREFIX)}"]`).first()).toBeVisible();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Export .* as CSV$/ }).click();
  const csv = await readFile(await (await downloading).path(), "utf8");
  expect(csv.split("\n")[0]).toMatch(/^prefix,whole,/);
  expect(csv).toContain(HOT_PREFIX);
});

test("when an answer fails, what was there stays and the page says so", async ({ page }) => {
  await openHeatmap(page);
  const problem = { type: "about:blank", title: "Away", status: 503, detail: "The database does not answer." };
  await page.route(/\/heatmap\?/, (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await expect(page.getByText("The database does not answer.")).toBeVisible();
  await expect(stage(page)).toBeVisible();
});
