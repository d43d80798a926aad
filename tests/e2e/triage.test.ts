import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";

const WINDOW = { from: "2020-01-01T12:00:00.000Z", to: "2020-01-01T12:10:00.000Z" };

test("triage answers in a sentence, with every check, and the page is sound", async ({ page }) => {
  await page.goto(storyPath(""));
  await page
    .getByRole("navigation", { name: "Pages" })
    .getByRole("link", { name: /^Triage/ })
    .click();
  await expect(page).toHaveURL(/\/triage$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/^(Trouble|Not well|Calm|Not known) /);
  const verdicts = page.getByRole("region", { name: "Verdicts" });
  await expect(verdicts).toContainText(/35 checks · \d+ causes? · \d+ contributing · \d+ ruled out · \d+ no data/);
  await expect(page.getByRole("figure", { name: "What moved, on one time axis" })).toBeVisible();
  await expect(page.getByRole("table", { name: "What moved, and when" })).toBeVisible();
  await expect(page.getByRole("table", { name: "What happened" })).toBeVisible();
  await expectSoundPage(page);

  const ruledOut = verdicts.getByRole("region", { name: "Ruled out" }).getByRole("button").first();
  await ruledOut.click();
  await expect(ruledOut).toHaveAttribute("aria-expanded", "true");
  await expect(page).toHaveURL(/verdict=L\d\d/);
  await page.reload();
  await expect(ruledOut).toHaveAttribute("aria-expanded", "true");
  await expectSoundPage(page);
});

test("window and calm time are chosen, are in the URL, and go along as link and as Markdown", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(storyPath("/triage"));
  const picker = page.getByRole("form", { name: "Window, from and to" });
  // The page is drawn before it can be clicked.
  await expect(async () => {
    if (!(await picker.isVisible())) await page.getByRole("button", { name: "Choose", exact: true }).click();
    await expect(picker).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const from = await picker.getByLabel("Window from").inputValue();
  await picker.getByLabel("Window to").fill("2001-01-01T00:00:00");
  await expect(picker.getByRole("button", { name: "Look at this time" })).toBeDisabled();
  const to = new Date(Date.parse(`${from}Z`) + 60_000).toISOString().slice(0, 19);
  await picker.getByLabel("Window to").fill(to);
  await picker.getByRole("button", { name: "Look at this time" }).click();
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page).not.toHaveURL(/baselineFrom=/);

  await page.getByText(/^Calm \d/).click();
  await page.getByRole("button", { name: "Choose", exact: true }).click();
  await page
    .getByRole("form", { name: "Calm, from and to" })
    .getByRole("button", { name: "Look at this time" })
    .click();
  await expect(page).toHaveURL(/baselineFrom=.*&baselineTo=/);

  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  const shown = new URL(page.url());
  for (const name of ["from", "to", "baselineFrom", "baselineTo"]) {
    const [copied, asked] = [link, shown].map((url) => Date.parse(url.searchParams.get(name) ?? ""));
    expect(copied, name).toBe(asked);
  }
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^\*\*[\s\S]+Cluster `story`[\s\S]+\/clusters\/story\/triage\?from=/);
});

test("dragging over the charts chooses the window", async ({ page }) => {
  await page.goto(storyPath("/triage"));
  const figure = page.getByRole("figure", { name: "What moved, on one time axis" });
  const box = await figure.boundingBox();
  if (box === null) throw new Error("the charts are not drawn");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
});

test("a time nobody watched is said to be one, with the way to what would tell", async ({ page }) => {
  await page.goto(storyPath("/triage", WINDOW));
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/^Not known /);
  await expect(page.getByText("No source told anything of this time")).toBeVisible();
  await expect(page.getByRole("link", { name: "Open its sources" })).toHaveAttribute(
    "href",
    /settings\/clusters\/story/,
  );
  await expectSoundPage(page);
});

test("when a refresh fails, what was there stays and the page says so", async ({ page }) => {
  await page.goto(storyPath("/triage"));
  const verdicts = page.getByRole("region", { name: "Verdicts" });
  await expect(verdicts).toBeVisible();
  const problem = { type: "about:blank", title: "Away", status: 503, detail: "The database does not answer." };
  await page.route(/\/api\/v1\/clusters\/[^/]+\/triage/, (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await expect(page.getByText(problem.detail).first()).toBeVisible();
  await expect(verdicts).toBeVisible();
});
