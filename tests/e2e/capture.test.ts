import { readFile } from "node:fs/promises";
import { Etcd3 } from "etcd3";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { STORY_NAME } from "@/tests/story/small-cluster";

/** Bytes that are no text, and writing that turns around: shown, and obeyed by nobody. */
const HOSTILE = Buffer.from([...Buffer.from("/captured/a"), 0xff, 0x00, ...Buffer.from("\u202eb")]);
const PUTS = 7;

test("a capture is begun, followed, and its report counts every write of every key", async ({ page, request }) => {
  await page.goto(storyPath("/triage"));
  await page.getByRole("button", { name: "Capture now" }).click();
  const dialog = page.getByRole("dialog", { name: "Capture now" });
  const client = new Etcd3({ hosts: process.env.E2E_STORY_ETCD ?? "" });
  try {
    await dialog.getByLabel("Seconds").fill("9");
    await expect(dialog.getByRole("button", { name: "Begin the capture" })).toBeDisabled();
    await expectSoundPage(page);
    await dialog.getByLabel("Seconds").fill("20");
    await dialog.getByRole("button", { name: "Begin the capture" }).click();
    await expect
      .poll(async () => (await (await request.get(`/api/v1/clusters/${STORY_NAME}/captures`)).json()).items[0]?.state)
      .toBe("running");
    for (let put = 0; put < PUTS; put++) await client.put(HOSTILE).value(`value ${put}`);
    await client.delete().key(HOSTILE);
  } finally {
    client.close();
  }
  await dialog.getByRole("link", { name: "Open the report" }).click();
  await expect(page).toHaveURL(/\/triage\/captures\/[^/]+$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/writes to .* keys in /, { timeout: 120_000 });
  await page.getByRole("textbox", { name: "Filter Keys written" }).fill("/captured/a");
  const row = page.getByRole("table", { name: "Keys written" }).locator("tbody tr");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("/captured/a\\xff");
  await expect(row).toContainText("⟨202E⟩");
  await expect(row.getByRole("cell").nth(1)).toHaveText(String(PUTS));
  await expect(row.getByRole("cell").nth(2)).toHaveText("1");
  await expect(page.getByRole("figure", { name: "Writes, per second" })).toBeVisible();
  await expectSoundPage(page);

  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Keys written as CSV" }).click();
  const csv = await readFile(await (await downloading).path(), "utf8");
  expect(csv).toContain(HOSTILE.toString("base64"));

  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "Triage" }).click();
  const captures = page.getByRole("table", { name: "Captures" });
  await expect(captures.getByRole("row", { name: /Done/ })).toBeVisible();
});

test("a capture that does not exist is said not to", async ({ page }) => {
  await page.goto(storyPath("/triage/captures/nothing"));
  await expect(page.getByRole("alert").filter({ hasText: /capture/i })).toBeVisible();
});
