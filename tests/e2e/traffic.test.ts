import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { type Asked, tellAudit } from "@/tests/e2e/audit-story";
import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";

const WIDGETS = { resource: "widgets", apiGroup: "acme.example.com", namespace: "shop", name: "widget-1" };
const GADGET = "widgets.acme.example.com";
const MARKUP = '"><img src=x onerror=alert(1)>';
/** What an apiserver tells of one resource; the figures below are counted from this list. */
const ASKED: readonly Asked[] = [
  { ...WIDGETS, verb: "update", userAgent: "widget-operator/1.0", code: 200, times: 300 },
  { ...WIDGETS, verb: "update", userAgent: "widget-operator/1.0", code: 409, times: 100 },
  { ...WIDGETS, verb: "get", userAgent: "widget-viewer/2.0", user: "anna@example.com", times: 40 },
  { verb: "create", resource: MARKUP, namespace: "shop", userAgent: "=cmd()/1", code: 403, times: 3 },
];

test.beforeAll(async ({ request }) => {
  test.setTimeout(120_000);
  await tellAudit(request, ASKED);
});

const matrix = (page: Page) => page.getByRole("grid", { name: "Resource by verb" });
const widgetRow = (page: Page) => matrix(page).getByRole("row", { name: new RegExp(GADGET) });

test("the page opens with how much is asked and what fails, and is sound everywhere", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit" }));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/requests?\/s in the last hour/);
  await expect(page.getByText(/failed, (most of them|above all)/)).toBeVisible();
  await expect(widgetRow(page)).toBeVisible();
  await expect(page.getByText("Kubernetes audit events").first()).toBeVisible();
  await expectSoundPage(page);
});

test("a cell holds the chosen measure, by the URL", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit" }));
  await page.getByRole("radiogroup", { name: "Measure" }).getByText("Errors").click();
  await expect(page).toHaveURL(/measure=errors/);
  const cell = widgetRow(page).getByRole("link", { name: "100", exact: true });
  await expect(cell).toHaveAttribute("title", /400 requests .*25.0 % failed .*Kubernetes audit events, exact/);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Errors" })).toBeChecked();
});

test("a cell opens who, where and with what outcome, and leads to the keys", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit", measure: "errors" }));
  await widgetRow(page).getByRole("link", { name: "100", exact: true }).click();
  await expect(page).toHaveURL(/resource=widgets\.acme\.example\.com&verb=update/);
  const chosen = page.getByRole("region", { name: "What was chosen" });
  await expect(chosen.getByRole("table", { name: "Who asks" })).toContainText("widget-operator 1.0");
  await chosen.getByRole("radiogroup", { name: "Inside" }).getByText("Codes").click();
  const codes = chosen.getByRole("table", { name: "How it was answered" });
  await expect(codes.getByRole("row", { name: /409 Conflict failed/ })).toContainText("25.0 %");
  await chosen.getByRole("radiogroup", { name: "Inside" }).getByText("Namespaces").click();
  await expect(chosen.getByRole("table", { name: "In which namespaces" })).toContainText("shop");
  await chosen.getByRole("link", { name: "Its keys" }).click();
  await expect(page).toHaveURL(/keyspace\/prefix\?.*acme\.example\.com%2Fwidgets%2F/);
});

test("what was opened is in the URL, and sound everywhere", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit", resource: GADGET, verb: "update", tab: "namespaces" }));
  const chosen = page.getByRole("region", { name: "What was chosen" });
  await expect(chosen.getByRole("table", { name: "In which namespaces" })).toContainText("shop");
  await expectSoundPage(page);
});

test("the keyboard opens a resource and closes it again", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit" }));
  await widgetRow(page).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "What was chosen" })).toContainText(GADGET);
  await widgetRow(page).focus();
  await page.keyboard.press("Backspace");
  await expect(page.getByRole("region", { name: "What was chosen" })).toHaveCount(0);
  await expect(page).not.toHaveURL(/resource=/);
});

test("the table sorts by the URL, filters, and is taken home", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit" }));
  await page.getByRole("textbox", { name: "Filter Resource by verb" }).fill("widg");
  await expect(matrix(page).locator("tbody tr")).toHaveCount(1);
  await matrix(page).getByRole("button", { name: "update", exact: true }).click();
  await expect(page).toHaveURL(/sort=verb\+update&order=desc/);
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Resource by verb as CSV" }).click();
  const csv = await readFile(await (await downloading).path(), "utf8");
  expect(csv).toMatch(new RegExp(`update,${GADGET.replaceAll(".", "\\.")}`));
});

test("names from outside are shown and do nothing", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit", resource: MARKUP }));
  const chosen = page.getByRole("region", { name: "What was chosen" });
  await expect(chosen).toContainText(MARKUP);
  await expect(chosen.getByRole("table", { name: "Who asks" })).toContainText("=cmd");
  await expectSoundPage(page);
});

test("the chart is a table, too, and follows what was chosen", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit", resource: GADGET, by: "userAgent" }));
  const chart = page.getByRole("figure", { name: /^Requests: widgets/ });
  await expect(chart).toContainText("widget-viewer 2.0");
  await page.getByRole("button", { name: "Show as table" }).first().click();
  await expect(page.getByRole("columnheader", { name: "widget-viewer 2.0" })).toBeVisible();
});

test("a time nobody watched is said to be one", async ({ page }) => {
  await page.goto(storyPath("/traffic", { from: "2020-01-01T00:00:00Z", to: "2020-01-01T01:00:00Z" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody watched what was asked in this time");
  await expect(page.getByRole("table", { name: "Who can tell what" })).toContainText("Kubernetes audit events");
  await expectSoundPage(page);
});

test("when a refresh fails, what was there stays and the page says so", async ({ page }) => {
  await page.goto(storyPath("/traffic", { source: "audit" }));
  await expect(widgetRow(page)).toBeVisible();
  const problem = { type: "about:blank", title: "Away", status: 503, detail: "The database does not answer." };
  await page.route(/\/api\/v1\/clusters\/[^/]+\/traffic\?/, (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await expect(page.getByText(problem.detail).first()).toBeVisible({ timeout: 45_000 });
  await expect(widgetRow(page)).toBeVisible();
});

test("the overview says who asks and what", async ({ page }) => {
  await page.goto(storyPath(""));
  await expect(page.getByRole("region", { name: "Who asks" })).toContainText("widget-operator 1.0");
  await expect(page.getByRole("region", { name: /^Requests by/ })).toContainText("/s");
});
