import { expect, expectSoundPage, test } from "@/tests/e2e/pages";
import { STORY_NAME } from "@/tests/story/small-cluster";
import { type Receiver, startReceiver } from "@/tests/support/receiver";

const PATH = "/settings/notifications";
let receiver: Receiver;

test.beforeAll(async () => {
  receiver = await startReceiver();
});
test.afterAll(() => receiver.stop());

test("a webhook is added, tried, looked into and removed", async ({ page }) => {
  await page.goto("/settings/clusters");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Notifications" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody is told yet");
  await expectSoundPage(page);
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Generic JSON").click();
  await dialog.getByLabel("Name").fill("pager");
  await dialog.getByLabel("URL").fill("not a url");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("URL")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("URL").fill(`${receiver.url}/hook?token=sesame`);
  await expectSoundPage(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("One webhook is told");
  await page.getByRole("button", { name: "Test pager" }).click();
  await expect(page.getByText("It answered 200.")).toBeVisible();
  expect(receiver.posts.map(({ path, body }) => [path, (body as { what: string }).what])).toContainEqual([
    "/hook?token=sesame",
    "test",
  ]);
  await expect(page.getByText("sesame")).toHaveCount(0);
  await expectSoundPage(page);
  await page.getByRole("button", { name: "Sent to pager" }).click();
  await expect(page.getByRole("dialog", { name: "Sent to pager" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove pager", exact: true }).click();
  await page.getByRole("button", { name: "Really remove pager" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody is told yet");
});

test("a silence is added and ended", async ({ page }) => {
  await page.goto(PATH);
  await page.getByRole("button", { name: "Add a silence" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Cluster").selectOption(STORY_NAME);
  await dialog.getByLabel("Rule").fill("L28");
  await dialog.getByLabel("Why").fill("planned work");
  await expectSoundPage(page);
  await dialog.getByRole("button", { name: "Silence", exact: true }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("table", { name: "Silences" }).getByRole("row", { name: /planned work/ });
  await expect(row).toContainText("Rule L28");
  await row.getByRole("button", { name: /End the silence/ }).click();
  await expect(row).toHaveCount(0);
});
