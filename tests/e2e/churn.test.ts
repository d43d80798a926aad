import { readFile } from "node:fs/promises";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";

const dots = { name: "Prefixes by size and written bytes" };

test("every resource is a dot that says where it stands", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn"));
  const plot = page.getByRole("navigation", dots);
  await expect(plot.getByRole("link", { name: /^pods\/: (large|small) and (busy|still); .* live/ })).toBeVisible();
  await expect(plot.getByRole("link", { name: /^configmaps\/: .*101 keys/ })).toBeVisible();
  await expect(plot.getByRole("link", { name: /^acme\.example\.com\/widgets\/: .*50 keys/ })).toBeVisible();
});

test("a dot opens what lies below it, by mouse and by keyboard, and a leaf its own page", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn"));
  const plot = page.getByRole("navigation", dots);
  const pods = plot.getByRole("link", { name: /^pods\/:/ });
  await pods.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/parent=%2Fregistry%2Fpods%2F/);
  const shop = plot.getByRole("link", { name: /^shop\/: .*120 keys/ });
  await expect(shop).toBeVisible();
  await page.getByRole("navigation", { name: "Way to this prefix" }).getByRole("link", { name: "All keys" }).click();
  await expect(pods).toBeVisible();
  await page.goBack();
  await shop.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/keyspace\/prefix\?.*prefix=%2Fregistry%2Fpods%2Fshop%2F/);
});

test("arrow keys go from dot to dot", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn"));
  const links = page.getByRole("navigation", dots).getByRole("link");
  await expect(links.first()).toBeVisible();
  const pods = page.getByRole("navigation", dots).getByRole("link", { name: /^pods\/:/ });
  await pods.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(pods).not.toBeFocused();
  const name = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  expect(name).toMatch(/ live, /);
});

test("the table says the same and is exported", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn"));
  await page.getByRole("button", { name: "Show as table" }).click();
  await expect(page).toHaveURL(/view=table/);
  const row = page.getByRole("grid").getByRole("row", { name: /pods\// });
  await expect(row).toContainText("600");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /CSV/ }).click(),
  ]);
  const csv = await readFile(await download.path(), "utf8");
  expect(csv).toMatch(/^prefix,prefixBase64,kind,keys,liveBytes,/);
  expect(csv).toContain("/registry/pods/");
});

test("a prefix that is not there is said to be none", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn", { parent: "/nothing/" }));
  await expect(page.getByRole("heading", { name: "No prefixes to compare" })).toBeVisible();
});

test("a refresh that fails is told, and the last figures stay", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn"));
  const pods = page.getByRole("navigation", dots).getByRole("link", { name: /^pods\/:/ });
  await expect(pods).toBeVisible();
  await page.route(/\/api\/v1\/.*\/churn/, (route) => route.abort());
  await expect(page.getByText("did not answer").first()).toBeVisible();
  await expect(pods).toBeVisible();
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await page.goto(storyPath("/keyspace/churn"));
  await expect(page.getByRole("navigation", dots).getByRole("link", { name: /^pods\/:/ })).toBeVisible();
  await expectSoundPage(page);
});
