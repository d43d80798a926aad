import { expect, expectSoundPage, test } from "@/tests/e2e/pages";
import { STORY_NAME } from "@/tests/story/small-cluster";
import { freePorts } from "@/tests/support/etcd";

test("a wrong endpoint is told with the exact reason, and nothing is added", async ({ page }) => {
  const [port] = await freePorts(1);
  await page.goto("/settings/clusters?add");
  const dialog = page.getByRole("dialog", { name: "Add a cluster" });
  await dialog.getByLabel("Name", { exact: true }).fill("wrong");
  await dialog.getByLabel("Endpoints").fill(`http://127.0.0.1:${port}`);
  await dialog.getByRole("button", { name: "Test the connection" }).click();
  await expect(dialog.getByRole("status", { name: "Result of the test" })).toContainText(
    new RegExp(`refused by 127\\.0\\.0\\.1:${port}`),
  );
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("table", { name: "Clusters" }).getByText("wrong")).toHaveCount(0);
});

test("a name that is taken is told at its field", async ({ page }) => {
  await page.goto("/settings/clusters?add");
  const dialog = page.getByRole("dialog", { name: "Add a cluster" });
  await dialog.getByLabel("Name", { exact: true }).fill(STORY_NAME);
  await dialog.getByLabel("Endpoints").fill(process.env.E2E_SPARE_ETCD ?? "");
  await dialog.getByRole("button", { name: "Add the cluster" }).click();
  await expect(dialog.getByText(/already/)).toBeVisible();
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
});

test("a cluster is tested, added, paused, resumed and removed with its data", async ({ page }) => {
  await page.goto("/settings/clusters");
  await page.getByRole("button", { name: "Add a cluster" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a cluster" });
  await dialog.getByLabel("Name", { exact: true }).fill("spare");
  await dialog.getByLabel("Endpoints").fill(process.env.E2E_SPARE_ETCD ?? "");
  await dialog.getByRole("button", { name: "Test the connection" }).click();
  await expect(dialog.getByText(/Ready to be watched/)).toBeVisible();
  await dialog.getByRole("button", { name: "Add the cluster" }).click();
  await expect(page).toHaveURL(/\/clusters\/spare/);

  await page.goto("/settings/clusters");
  const row = page.getByRole("table", { name: "Clusters" }).getByRole("row", { name: /spare/ });
  await row.getByRole("button", { name: "Pause spare" }).click();
  await expect(row).toContainText(/Paused/i);
  await row.getByRole("button", { name: "Resume spare" }).click();
  await expect(row.getByRole("button", { name: "Pause spare" })).toBeVisible();

  await row.getByRole("button", { name: "Remove spare" }).click();
  const confirm = page.getByRole("dialog", { name: "Remove spare?" });
  await expect(confirm.getByRole("button", { name: /Remove the cluster/ })).toBeDisabled();
  await confirm.getByLabel("Type spare to confirm").fill("spare");
  await confirm.getByRole("button", { name: /Remove the cluster/ }).click();
  await expect(confirm).toBeHidden(); // the table behind an open dialog is hidden from roles
  await expect(row).toHaveCount(0);
  const answer = await page.request.get("/api/v1/clusters/spare");
  expect(answer.status()).toBe(404);
});

test("how long history is kept is set on the page, and holds over a reload", async ({ page }) => {
  await page.goto("/settings/storage");
  const frames = page.getByLabel("Keep frames for");
  const keep = async (hours: string) => {
    const isStored = page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
    await frames.selectOption(hours);
    await isStored;
    await expect(frames).toHaveValue(hours);
  };
  await expect(frames).toHaveValue("24");
  await keep("48");
  await page.reload();
  await expect(frames).toHaveValue("48");
  const { levels } = (await (await page.request.get("/api/v1/storage")).json()) as {
    levels: { level: string; keepHours: number }[];
  };
  expect(levels.find(({ level }) => level === "frames")?.keepHours).toBe(48);
  await keep("24");
});

test("it is accessible, in both themes and on a telephone, and so is its dialog", async ({ page }) => {
  await page.goto("/settings/clusters");
  await expect(page.getByRole("table", { name: "Clusters" })).toBeVisible();
  await expectSoundPage(page);
  await page.goto("/settings/clusters?add");
  await expect(page.getByRole("dialog", { name: "Add a cluster" })).toBeVisible();
  await expectSoundPage(page);
});
