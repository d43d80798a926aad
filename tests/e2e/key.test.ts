import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { HOT_KEY, LARGEST } from "@/tests/story/small-cluster";

test("a key has its size, its revisions and the way to it", async ({ page }) => {
  await page.goto(storyPath("/keyspace/key", { key: LARGEST.key }));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(LARGEST.key);
  await expect(page.getByTitle("300,000 bytes").first()).toBeVisible();
  const way = page.getByRole("navigation", { name: "Way to this prefix" });
  await way.getByRole("link", { name: "configmaps/" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/configmaps/");
});

test("a hot key's version moves while one looks", async ({ page }) => {
  await page.goto(storyPath("/keyspace/key", { key: HOT_KEY }));
  const lede = page.getByText(/of value, written/);
  const before = await lede.textContent();
  await expect(lede).not.toHaveText(before ?? "");
  await expect(page.getByText("History held")).toBeVisible();
});

test("a key that does not exist says so, and where to look", async ({ page }) => {
  await page.goto(storyPath("/keyspace/key", { key: "/registry/pods/shop/gone" }));
  await expect(page.getByText("There is no such key now")).toBeVisible();
  await expect(page.getByRole("link", { name: "Look one level up" })).toBeVisible();
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await page.goto(storyPath("/keyspace/key", { key: HOT_KEY }));
  await expect(page.getByText("Mod revision").first()).toBeVisible();
  await expectSoundPage(page);
});
