import { expect, expectSoundPage, test } from "@/tests/e2e/pages";
import { freePorts } from "@/tests/support/etcd";

test("a cluster known by its apiservers alone says what cannot be known, and why", async ({ page }) => {
  const [port] = await freePorts(1);
  await page.goto("/settings/clusters?add");
  const dialog = page.getByRole("dialog", { name: "Add a cluster" });
  await dialog.getByText("Only its apiservers").click();
  await dialog.getByLabel("Name", { exact: true }).fill("eks");
  await dialog.getByRole("button", { name: "Add the cluster" }).click();
  await expect(dialog.getByLabel("URLs")).toHaveAttribute("aria-invalid", "true");
  await expectSoundPage(page);
  await dialog.getByLabel("URLs").fill(`http://127.0.0.1:${port}`);
  await dialog.getByRole("button", { name: "Add the cluster" }).click();
  await expect(page).toHaveURL(/\/clusters\/eks\/traffic/);

  for (const path of ["", "/keyspace", "/heatmap", "/keyspace/churn", "/keys", "/leases", "/members"]) {
    await page.goto(`/clusters/eks${path}`);
    await expect(page.getByText("This cluster was registered without access to etcd"), path).toBeVisible();
  }
  await page.goto("/clusters/eks");
  await expectSoundPage(page);
  await page.goto("/clusters/eks/triage");
  await expect(page.getByText("Without access to etcd.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Capture now" })).toBeDisabled();

  await page.goto("/settings/clusters");
  const row = page.getByRole("table", { name: "Clusters" }).getByRole("row", { name: /eks/ });
  await expect(row).toContainText("known by its apiservers");
  await row.getByRole("button", { name: "Remove eks" }).click();
  const confirm = page.getByRole("dialog", { name: "Remove eks?" });
  await confirm.getByLabel("Type eks to confirm").fill("eks");
  await confirm.getByRole("button", { name: /Remove the cluster/ }).click();
  await expect(confirm).toBeHidden();
});
