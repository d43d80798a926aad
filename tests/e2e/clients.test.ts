import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { type Asked, tellAudit } from "@/tests/e2e/audit-story";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";

const LISTER = "inventory-sync/3.1.0 (linux/amd64) kubernetes/$Format";
const EVIL = `\u202e<script>alert(1)</script>=1+1 ${"x".repeat(10_000)}`;
/** Lists of all pods, one a second for a minute, without limit; a calm client; and one that is nobody's friend. */
const ASKED: readonly Asked[] = [
  {
    verb: "list",
    resource: "pods",
    userAgent: LISTER,
    user: "system:serviceaccount:tools:inventory",
    ms: 900,
    times: 60,
  },
  { verb: "get", resource: "secrets", namespace: "shop", name: "a", userAgent: "calm/1.0", user: "calm", times: 20 },
];

test.beforeAll(async ({ request }) => {
  test.setTimeout(120_000);
  await tellAudit(request, ASKED);
  await tellAudit(request, [
    { verb: "get", resource: "configmaps", namespace: "shop", name: "b", userAgent: "last/1.0", times: 1 },
    { verb: "get", resource: "configmaps", namespace: "shop", name: "b", userAgent: EVIL, times: 7 },
  ]);
});

const table = (page: Page) => page.getByRole("grid", { name: "Clients" });
const lister = (page: Page) => table(page).getByRole("row", { name: /inventory-sync/ });

test("a client that does harm is named with its numbers and the remedy, and the page is sound", async ({ page }) => {
  await page.goto(storyPath("/clients"));
  const findings = page.getByRole("region", { name: "What does harm" });
  const item = findings.getByRole("listitem").filter({ hasText: /inventory-sync .*lists all pods .*unpaged/ });
  await expect(item).toContainText("unpaged lists");
  await expect(item).toContainText(/Next: /);
  await expect(item.getByRole("link", { name: /^Why/ })).toHaveAttribute("href", /^https:\/\//);
  await expect(lister(page)).toContainText("tools/inventory");
  await expectSoundPage(page);
});

test("a row opens what the client asks, by mouse, by keyboard and by its address", async ({ page }) => {
  await page.goto(storyPath("/clients"));
  await lister(page).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/userAgent=inventory-sync/);
  const chosen = page.getByRole("region", { name: "The chosen client" });
  await expect(chosen).toContainText(LISTER);
  const asks = chosen.getByRole("table", { name: "What it asks" });
  await expect(asks.getByRole("row", { name: /list pods/ })).toContainText("100 %");
  await page.reload();
  await expect(asks.getByRole("row", { name: /list pods/ })).toBeVisible();
  await expectSoundPage(page);
  await chosen.getByRole("button", { name: "Close" }).click();
  await expect(chosen).toHaveCount(0);
});

test("clients are grouped and sorted by the URL", async ({ page }) => {
  await page.goto(storyPath("/clients"));
  await page.getByRole("radiogroup", { name: "Group by" }).getByText("User", { exact: true }).click();
  await expect(page).toHaveURL(/groupBy=user/);
  await expect(table(page).getByRole("columnheader", { name: "Agent" })).toHaveCount(0);
  await expect(table(page).getByRole("row", { name: /tools\/inventory/ })).toBeVisible();
  await table(page).getByRole("button", { name: "Busy time" }).click();
  await expect(page).toHaveURL(/sort=busySeconds&order=desc/);
  await page.reload();
  await expect(table(page).getByRole("columnheader", { name: "Busy time" })).toHaveAttribute("aria-sort", "descending");
  await page.getByRole("button", { name: "Back to that order" }).click();
  await expect(page).not.toHaveURL(/sort=/);
});

test("an agent may be called what it likes: it is shown, and nothing happens", async ({ page }) => {
  await page.goto(storyPath("/clients"));
  const row = table(page).getByRole("row", { name: /script/ });
  await expect(row).toContainText("⟨202E⟩");
  await row.click();
  await expect(page.getByRole("region", { name: "The chosen client" })).toContainText("<script>alert(1)</script>=1+1");
  await expectSoundPage(page);
});

test("the table is filtered and taken home", async ({ page }) => {
  await page.goto(storyPath("/clients"));
  await page.getByRole("textbox", { name: "Filter Clients" }).fill("inventory");
  await expect(table(page).locator("tbody tr")).toHaveCount(1);
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Clients as CSV" }).click();
  const csv = await readFile(await (await downloading).path(), "utf8");
  expect(csv).toContain("inventory-sync/3.1.0");
});

test("a time nobody watched is said to be one", async ({ page }) => {
  await page.goto(storyPath("/clients", { from: "2020-01-01T00:00:00Z", to: "2020-01-01T01:00:00Z" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody watched who asked in this time");
  await expectSoundPage(page);
});

test("when a refresh fails, what was there stays and the page says so", async ({ page }) => {
  await page.goto(storyPath("/clients"));
  await expect(lister(page)).toBeVisible();
  const problem = { type: "about:blank", title: "Away", status: 503, detail: "The database does not answer." };
  await page.route(/\/api\/v1\/clusters\/[^/]+\/clients\?/, (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await expect(page.getByText(problem.detail).first()).toBeVisible({ timeout: 45_000 });
  await expect(lister(page)).toBeVisible();
});
