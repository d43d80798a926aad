import { expect, test } from "vitest";
import { toWebhookPost } from "@/lib/model/notification-forms";
import type { NotificationPayload, WebhookKind } from "@/lib/model/notifications";

const NOW = Date.UTC(2026, 0, 1);
const payload: NotificationPayload = {
  ...{ cluster: "prod", what: "finding", state: "open", severity: "critical", rule: "L05", scope: "aa" },
  title: "Member <m-1> & co is down",
  text: "It has not answered for 3 min. <!channel> <https://evil.example.com|click>",
  next: "Restore the quorum.",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: null,
  path: "/clusters/prod/triage?from=x&to=y",
};
const closed: NotificationPayload = { ...payload, state: "closed", endedAt: "2026-01-01T00:05:00.000Z" };
const form = (kind: WebhookKind, publicUrl: string | null = null) => ({
  ...{ kind, url: "https://receiver.example.com/hook", id: "finding:1#open", publicUrl, nowMs: NOW },
});

test("generic JSON is the notification itself, with its id and link", () => {
  expect(toWebhookPost(payload, form("json"))).toEqual({
    url: "https://receiver.example.com/hook",
    body: { id: "finding:1#open", ...payload, link: null },
  });
  const { body } = toWebhookPost(payload, form("json", "https://etcdscope.example.com/"));
  expect(body).toMatchObject({ link: "https://etcdscope.example.com/clusters/prod/triage?from=x&to=y" });
});

test("Slack reads no markup of ours as its own", () => {
  const { body } = toWebhookPost(payload, form("slack", "https://etcdscope.example.com"));
  const text = JSON.stringify(body);
  expect(text).toContain("Member &lt;m-1&gt; &amp; co is down");
  expect(text).toContain("&lt;!channel&gt;");
  expect(text).not.toMatch(/<!|<https:\/\/evil/);
  expect(text).toContain("<https://etcdscope.example.com/clusters/prod/triage?from=x&amp;to=y|Open in etcdscope>");
  expect(body).toMatchObject({ text: expect.stringContaining(":rotating_light:") });
});

test("Slack is told what is over, and no text is too long for it", () => {
  expect(toWebhookPost(closed, form("slack")).body).toMatchObject({ text: expect.stringContaining("Over: prod") });
  const long = { ...payload, title: "😀".repeat(5_000), text: "&".repeat(5_000) };
  const { blocks } = toWebhookPost(long, form("slack")).body as { blocks: { text?: { text: string } }[] };
  for (const { text } of blocks) expect(text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
});

test("an alert lives on for some minutes, and ends when it is over, under the same labels", () => {
  const open = toWebhookPost(payload, form("alertmanager"));
  const over = toWebhookPost(closed, form("alertmanager"));
  expect(open.url).toBe("https://receiver.example.com/hook/api/v2/alerts");
  const [alert] = open.body as { labels: object; startsAt: string; endsAt: string }[];
  const [ended] = over.body as { labels: object; endsAt: string }[];
  expect(alert?.labels).toEqual({
    ...{ alertname: "EtcdscopeFindingL05", cluster: "prod", rule: "L05", severity: "critical", scope: "aa" },
  });
  expect(ended?.labels).toEqual(alert?.labels);
  expect(Date.parse(alert?.endsAt ?? "")).toBe(NOW + 8 * 60_000);
  expect(ended?.endsAt).toBe(closed.endedAt);
});

test("the address of Alertmanager may be that of its API", () => {
  const urls = ["http://am:9093", "http://am:9093/", "http://am:9093/api/v2/alerts", "http://am:9093/prefix/"];
  const posted = urls.map((url) => toWebhookPost(payload, { ...form("alertmanager"), url }).url);
  const plain = "http://am:9093/api/v2/alerts";
  expect(posted).toEqual([plain, plain, plain, "http://am:9093/prefix/api/v2/alerts"]);
});
