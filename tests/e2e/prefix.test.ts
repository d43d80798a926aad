import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { PODS_PER_NAMESPACE } from "@/tests/story/small-cluster";

test("a prefix has its figures, its history, its children and its top keys", async ({ page }) => {
  await page.goto(storyPath("/keyspace/prefix", { prefix: "/registry/pods/shop/" }));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/pods/shop/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${PODS_PER_NAMESPACE} keys`);
  await expect(page.getByRole("grid", { name: "Heaviest children" })).toBeVisible();
  await page.getByRole("radiogroup", { name: "Order" }).getByText("Longest values").click();
  await expect(
    page
      .getByRole("grid", { name: /longest values/i })
      .getByRole("row")
      .nth(1),
  ).toContainText("pod-119");
});

test("a raw byte prefix, without its separator, is counted as well", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/pods/sh" }));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${PODS_PER_NAMESPACE} keys`);
});

test("a prefix that begins no key says so", async ({ page }) => {
  await page.goto(storyPath("/keyspace/prefix", { prefix: "/registry/nothing/" }));
  await expect(page.getByText("No key begins with this prefix")).toBeVisible();
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await page.goto(storyPath("/keyspace/prefix", { prefix: "/registry/pods/" }));
  await expect(page.getByRole("grid", { name: "Heaviest children" })).toBeVisible();
  await expectSoundPage(page);
});
