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

test("it leads to the keyspace", async ({ page }) => {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Keyspace" }).click();
  await expect(page).toHaveURL(/\/keyspace/);
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
  await expectSoundPage(page);
});
