import { Etcd3 } from "etcd3";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";

/** The collector looks once a minute. */
const LOOK_WITHIN_MS = 150_000;
const GRANTED = 5;

test.beforeAll(async ({ request }) => {
  test.setTimeout(LOOK_WITHIN_MS + 30_000);
  const client = new Etcd3({ hosts: process.env.E2E_STORY_ETCD ?? "" });
  try {
    for (let lease = 0; lease < GRANTED; lease++) await client.leaseClient.leaseGrant({ TTL: 3_600, ID: 0 });
  } finally {
    client.close();
  }
  await expect
    .poll(
      async () => {
        const answer = await request.get(`${process.env.E2E_URL}/api/v1${storyPath("/leases")}`);
        return ((await answer.json()) as { leases: number | null }).leases ?? 0;
      },
      { timeout: LOOK_WITHIN_MS },
    )
    .toBeGreaterThanOrEqual(GRANTED);
});

test("leases open with an answer, and those that hold nothing are named", async ({ page }) => {
  await page.goto(storyPath("/leases"));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/\d+ leases, with 0 keys attached/);
  await expect(page.getByText(/\d+ leases of them hold no key/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Leases over time" })).toBeVisible();
  await expect(page.getByRole("table", { name: "Granted for" }).getByRole("row", { name: /60 min/ })).toBeVisible();
  await expect(page.getByRole("table", { name: "Keys on a lease" }).getByRole("row", { name: /no key/ })).toBeVisible();
  await expect(page.getByText("No key has a lease")).toBeVisible();
});

test("they are reached from the sidebar", async ({ page }) => {
  await page.goto(storyPath(""));
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Leases" }).click();
  await expect(page).toHaveURL(/\/leases/);
});

test("a time in which nobody looked is said so", async ({ page }) => {
  await page.goto(storyPath("/leases", { from: "2020-01-01T00:00:00Z", to: "2020-01-01T01:00:00Z" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("How many leases there are is not known");
});

test("it is accessible, in both themes and on a telephone", async ({ page }) => {
  await page.goto(storyPath("/leases"));
  await expect(page.getByRole("region", { name: "Granted for" })).toBeVisible();
  await expectSoundPage(page);
});
