import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { HOT_KEY, LARGEST } from "@/tests/story/small-cluster";

test("the longest value comes first, with its exact size", async ({ page }) => {
  await page.goto(storyPath("/keys", { by: "valueBytes" }));
  const first = page.getByRole("grid").getByRole("row").nth(1);
  await expect(first).toContainText("price-list");
  await expect(first.getByTitle("300,000 bytes")).toBeVisible();
  await first.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(LARGEST.key);
});

test("the most revised key is the one that is written all the time", async ({ page }) => {
  await page.goto(storyPath("/keys"));
  await page.getByRole("radiogroup", { name: "Order" }).getByText("Most revised").click();
  await expect(page).toHaveURL(/by=version/);
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toContainText(HOT_KEY.slice(-10));
});

test("the hottest key is found once a slice of time has been counted", async ({ page }) => {
  await page.goto(storyPath("/keys", { by: "writes" }));
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toContainText(HOT_KEY.slice(-10));
});

test("the key that holds the most history is listed, and named whatever the order", async ({ page }) => {
  await page.goto(storyPath("/keys", { by: "historyBytes" }));
  const first = page.getByRole("grid").getByRole("row").nth(1);
  await expect(first).toContainText(HOT_KEY.slice(-10));
  await page.getByRole("radiogroup", { name: "Order" }).getByText("Longest values").click();
  await expect(page).toHaveURL(/by=valueBytes/);
  await expect(page.getByText(/Values are only measured/)).toContainText(HOT_KEY.slice(-10));
});

test("the most bytes written are counted, too", async ({ page }) => {
  await page.goto(storyPath("/keys", { by: "writtenBytes" }));
  const first = page.getByRole("grid").getByRole("row").nth(1);
  await expect(first).toContainText(HOT_KEY.slice(-10));
});

test("a prefix narrows the list, by the URL", async ({ page }) => {
  await page.goto(storyPath("/keys", { by: "valueBytes", prefix: "/registry/secrets/" }));
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toContainText("secret-29");
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await page.goto(storyPath("/keys", { by: "valueBytes" }));
  await expect(page.getByRole("grid").getByRole("row").nth(1)).toContainText("price-list");
  await expectSoundPage(page);
});
