import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { storyKeyspace } from "@/tests/story/small-cluster";

test.beforeEach(async ({ page }) => {
  await page.goto(storyPath(""));
});

test("the overview opens with an answer, and says how fresh it is", async ({ page }) => {
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
  await expect(page.getByText(/^exact/).first()).toBeVisible();
  await expect(page.getByText(storyKeyspace().size.toLocaleString("en-US")).first()).toBeVisible();
});

test("what fills the file adds up to it, in a bar and in figures", async ({ page, request }) => {
  const panel = page.getByRole("region", { name: "What fills the file" });
  await expect(panel.getByRole("img", { name: /^File of .*live .*free/ }).first()).toBeVisible();
  await panel.getByRole("button", { name: "Show as table" }).click();
  await expect(page.getByRole("table", { name: "What fills the file" })).toBeVisible();
  const answer = await request.get(`/api/v1${storyPath("/ledger")}`);
  const { items } = (await answer.json()) as { items: { dbSizeBytes: number; parts: { bytes: number }[] }[] };
  expect(items).toHaveLength(1);
  for (const { dbSizeBytes, parts } of items) {
    expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(dbSizeBytes);
  }
});

test("size over time, what stands out and a small heatmap are there", async ({ page }) => {
  await expect(page.getByRole("region", { name: "Size over time" })).toBeVisible();
  await expect(page.getByRole("region", { name: "What stands out" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Open the heatmap" })).toBeVisible();
});

test("it leads to the keyspace", async ({ page }) => {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Keyspace" }).click();
  await expect(page).toHaveURL(/\/keyspace/);
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
  await expectSoundPage(page);
});
