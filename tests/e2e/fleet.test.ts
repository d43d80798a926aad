import { expect, expectSoundPage, test } from "@/tests/e2e/pages";
import { STORY_NAME, storyKeyspace } from "@/tests/story/small-cluster";

test.beforeEach(async ({ page }) => {
  await page.goto("/");
});

test("the fleet opens with an answer and has a row for the cluster, with its exact number of keys", async ({
  page,
}) => {
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
  const row = page.getByRole("grid", { name: "Clusters" }).getByRole("row", { name: new RegExp(STORY_NAME) });
  await expect(row).toContainText(storyKeyspace().size.toLocaleString("en-US"));
  await expect(row).toContainText("1 of 1");
  await expect(row).toContainText(/exact/i);
});

test("its name leads to the cluster", async ({ page }) => {
  await page.getByRole("grid").getByRole("link", { name: STORY_NAME, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/clusters/${STORY_NAME}`));
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
});

test("so does the row by keyboard", async ({ page }) => {
  await page.getByRole("row", { name: new RegExp(STORY_NAME) }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/clusters/${STORY_NAME}`));
});

test("it exports as CSV", async ({ page }) => {
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Clusters as CSV" }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await expect(page.getByRole("row", { name: new RegExp(STORY_NAME) })).toBeVisible();
  await expectSoundPage(page);
});
