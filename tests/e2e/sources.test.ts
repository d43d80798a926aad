import { expect, expectSoundPage, test } from "@/tests/e2e/pages";
import { auditEvent, eventList, ingest, makeToken } from "@/tests/e2e/tokens";
import { STORY_NAME } from "@/tests/story/small-cluster";

const PATH = `/settings/clusters/${STORY_NAME}`;
const EVENT = { verb: "get", resource: "configmaps", namespace: "shop", name: "price-list", userAgent: "sender/1" };

test("every source is listed with what it tells, reached from the clusters", async ({ page }) => {
  await page.goto("/settings/clusters");
  await page.getByRole("link", { name: `Sources of ${STORY_NAME}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`of 6 sources tell about ${STORY_NAME}`);
  for (const name of [
    "Member metrics",
    "kube-apiserver metrics",
    "Kubernetes audit events",
    "etcd request log",
    "Connections",
    "Leases",
  ]) {
    await expect(page.getByRole("listitem", { name, exact: true })).toBeVisible();
  }
});

test("a token is shown once, with ready files, lets a sender in, and no more once it is revoked", async ({
  page,
  request,
}) => {
  await page.goto(PATH);
  await page.getByRole("button", { name: "Create a token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("once");
  await dialog.getByRole("button", { name: "Create" }).click();
  const token = (await dialog.getByTestId("token").textContent()) ?? "";
  await expect(dialog.getByRole("figure", { name: "Flags of kube-apiserver" })).toContainText(
    "--audit-webhook-config-file=",
  );
  await expect(dialog.getByRole("figure", { name: /webhook\.yaml/ })).toContainText(token);
  await expect(dialog.getByRole("figure", { name: /webhook\.yaml/ })).toContainText(
    `/api/v1/ingest/${STORY_NAME}/audit`,
  );
  await dialog.getByText("Agent", { exact: true }).click();
  await expect(dialog.getByRole("figure", { name: "Agent command" })).toContainText(token);
  await expectSoundPage(page);
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);

  expect(await ingest(request, "audit", { token, data: eventList([auditEvent(EVENT)]) })).toBe(200);
  await page.getByRole("button", { name: "Revoke once", exact: true }).click();
  await page.getByRole("button", { name: "Really revoke once" }).click();
  await expect(
    page.getByRole("table", { name: "Ingest tokens" }).getByRole("row", { name: /once/ }).first(),
  ).toContainText("revoked");
  expect(await ingest(request, "audit", { token, data: eventList([auditEvent(EVENT)]) })).toBe(401);
});

test("a name is needed for a token", async ({ page }) => {
  await page.goto(PATH);
  await page.getByRole("button", { name: "Create a token" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Create" })).toBeDisabled();
});

test("a file is named to be followed, and let go", async ({ page }) => {
  await page.goto(PATH);
  const item = page.getByRole("listitem", { name: "etcd request log", exact: true });
  const dialog = page.getByRole("dialog", { name: "Set up: etcd request log" });
  await item.getByRole("button", { name: "Set up etcd request log" }).click();
  await dialog.getByLabel("Files to follow").fill("/nowhere/etcd.log");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(item).toContainText("/nowhere/etcd.log");
  await item.getByRole("button", { name: "Set up etcd request log" }).click();
  await dialog.getByLabel("Files to follow").fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(item.getByText("/nowhere/etcd.log", { exact: true })).toHaveCount(0);
});

test("what is wrong with a setting stands at its field", async ({ page }) => {
  await page.goto(PATH);
  await page.getByRole("button", { name: "Set up kube-apiserver metrics" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up: kube-apiserver metrics" });
  await dialog.getByLabel("URLs").fill("not a url");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("URLs")).toHaveAttribute("aria-invalid", "true");
  await expectSoundPage(page);
});

test("a source is switched off and on", async ({ page }) => {
  await page.goto(PATH);
  const item = page.getByRole("listitem", { name: "Connections", exact: true });
  await item.getByRole("button", { name: "Switch Connections off" }).click();
  await expect(item.getByText("Off", { exact: true })).toBeVisible();
  await item.getByRole("button", { name: "Switch Connections on" }).click();
  await expect(item.getByRole("button", { name: "Switch Connections off" })).toBeVisible();
});

test("the page is accessible, in both themes and on a telephone", async ({ page }) => {
  await makeToken(page, "left");
  await expect(page.getByRole("region", { name: "Sources" })).toBeVisible();
  await expectSoundPage(page);
});
