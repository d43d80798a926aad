import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { ingest, makeToken } from "@/tests/e2e/tokens";

/** A report as an agent beside a member sends it. */
function report(reporter: string, clients: Record<string, number>): object {
  return {
    reporter,
    at: new Date().toISOString(),
    clients: Object.entries(clients).map(([address, connections]) => ({ address, connections })),
  };
}

test("without an agent it says how to start one; with agents who is connected, and what is uneven", async ({
  page,
  request,
}) => {
  await page.goto(storyPath("/members"));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("is the only member");
  await expect(page.getByRole("table", { name: "Members" })).toBeVisible();
  await expect(page.getByRole("figure", { name: "Agent command" })).toBeVisible();
  const sides = page.getByRole("table", { name: "Members" });
  await expect(sides.getByRole("row", { name: /^WAL fsync p99/ })).toContainText("ms", { timeout: 60_000 });
  await expect(sides.getByRole("row", { name: /^Peer round trip/ })).toContainText("It has no peers.");
  await page.getByRole("heading", { name: "Disk", exact: true }).scrollIntoViewIfNeeded();
  await expect(page.getByRole("figure", { name: /^WAL fsync p99/ })).toBeVisible();
  const configuration = page.getByRole("table", { name: "Configuration" });
  await expect(configuration.getByRole("row", { name: /^Votes/ })).toContainText("One member alone");
  await expect(configuration.getByRole("row", { name: /^Snapshot after/ })).toContainText("not known");
  await expectSoundPage(page);

  const token = await makeToken(page, "agents");
  for (const data of [
    report("m0", { "10.1.0.1": 90, "10.1.0.2": 20 }),
    report("m1", { "10.1.0.3": 10 }),
    report("m2", { "10.1.0.3": 12 }),
  ]) {
    expect(await ingest(request, "connections", { token, data })).toBe(200);
  }
  await expect(async () => {
    await page.goto(storyPath("/members"));
    const panel = page.getByRole("region", { name: "Connections by member" });
    await expect(panel).toContainText("110 connections", { timeout: 10_000 });
    await expect(panel).toContainText("uneven", { timeout: 10_000 });
  }).toPass({ timeout: 90_000 });
  await expect(
    page.getByRole("table", { name: "Connections by client" }).getByRole("row", { name: /10\.1\.0\.1/ }),
  ).toContainText("90");
  await expectSoundPage(page);
});
