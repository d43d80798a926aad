import { expect, expectSoundPage, storyPath, test } from "@/tests/e2e/pages";
import { auditEvent, eventList, ingest, makeToken } from "@/tests/e2e/tokens";

const LEASE = {
  resource: "leases",
  apiGroup: "coordination.k8s.io",
  namespace: "kube-system",
  name: "kube-scheduler",
};
const PREFIX = "/registry/leases/kube-system/";

test("a prefix names who writes it and who reads it, and how sure that is", async ({ page, request }) => {
  const token = await makeToken(page, "apiserver");
  const writes = Array.from({ length: 30 }, () => auditEvent({ ...LEASE, verb: "update", userAgent: "scribe/1.0" }));
  const reads = Array.from({ length: 10 }, () => auditEvent({ ...LEASE, verb: "get", userAgent: "reader/2.0" }));
  expect(await ingest(request, "audit", { token, data: eventList([...writes, ...reads]) })).toBe(200);
  await expect(async () => {
    await page.goto(storyPath("/keyspace/prefix", { prefix: PREFIX }));
    const table = page.getByRole("table", { name: "Who writes it, who reads it" });
    await expect(table.getByRole("row", { name: /writes.*scribe/ })).toBeVisible({ timeout: 10_000 });
    await expect(table.getByRole("row", { name: /reads.*reader/ })).toBeVisible({ timeout: 10_000 });
  }).toPass({ timeout: 90_000 });
  const row = page.getByRole("row", { name: /writes.*scribe/ });
  await row.getByRole("button").hover();
  await expect(page.getByRole("tooltip")).not.toBeEmpty();
});

test("a prefix nobody told about says what to do", async ({ page }) => {
  await page.goto(storyPath("/keyspace/prefix", { prefix: "/hostile/" }));
  await expect(page.getByRole("region", { name: "Who writes it, who reads it", exact: true })).toContainText(
    "Nobody has told who it is",
  );
  await expectSoundPage(page);
});
