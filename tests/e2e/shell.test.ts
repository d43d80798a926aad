import { expect, storyPath, test } from "@/tests/e2e/pages";
import { STORY_NAME } from "@/tests/story/small-cluster";

test("the chosen theme holds over pages and reloads", async ({ page }) => {
  await page.goto("/");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Colours" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.goto(storyPath("/keyspace"));
  expect(await background()).toBe(dark);
});

test("the palette finds a prefix and goes there, by keyboard alone", async ({ page }) => {
  await page.goto(storyPath("/keyspace"));
  await expect(page.getByRole("grid")).toBeVisible();
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(page.getByRole("combobox")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await page.getByRole("combobox").fill("widgets/shop");
  const found = page.getByRole("option", { name: /widgets\/shop/ });
  await expect(found).toBeVisible();
  for (let i = 0; i < 10 && (await found.getAttribute("aria-selected")) !== "true"; i++)
    await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("/registry/acme.example.com/widgets/shop/");
});

test("the time range is in the URL: a preset, and two instants", async ({ page }) => {
  await page.goto(storyPath("/keyspace"));
  await page.getByRole("button", { name: /^Time range/ }).click();
  await page.getByRole("button", { name: /15 min/ }).click();
  await expect(page).toHaveURL(/range=15m/);
  await page.getByRole("button", { name: /^Time range/ }).click();
  await page.getByRole("button", { name: "Show this time" }).click();
  await expect(page).toHaveURL(/from=.*&to=/);
});

test("the question mark lists the keys", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys and help" })).toBeVisible({ timeout: 5_000 });
  }).toPass();
});

test("when the API fails the reader is told why, and keeps the last good figures", async ({ page }) => {
  await page.goto(storyPath("/keyspace", { prefix: "/registry/" }));
  const row = page.getByRole("grid").getByRole("row", { name: /pods\// });
  await expect(row).toBeVisible();
  const problem = {
    type: "about:blank",
    title: "Postgres is away",
    status: 503,
    detail: "Postgres does not answer on 127.0.0.1.",
    remedy: "See its log.",
  };
  await page.route("**/api/v1/**", (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await expect(page.getByText(problem.detail).first()).toBeVisible();
  await expect(page.getByText(/What you see is from/).first()).toBeVisible();
  await expect(row).toBeVisible();
  await page.unroute("**/api/v1/**");
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.getByText(problem.detail)).toHaveCount(0);
});

test("a cluster that does not exist is a page that says so", async ({ page }) => {
  const answer = await page.goto("/clusters/nowhere");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("link", { name: /All clusters/ }).first()).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
});

test("the switcher leads to the same page of another cluster", async ({ page }) => {
  await page.goto(storyPath("/keys"));
  await page.getByRole("button", { name: new RegExp(`^Cluster: ${STORY_NAME}`) }).click();
  await expect(page.getByRole("menuitem", { name: new RegExp(STORY_NAME) })).toBeVisible();
  await page.getByRole("menuitem", { name: "Add a cluster" }).click();
  await expect(page.getByRole("dialog", { name: "Add a cluster" })).toBeVisible();
});
