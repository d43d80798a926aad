import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { promtool } from "@/tests/support/prometheus";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const FILES = ["etcd", "etcdscope"];

interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
const rulesOf = (name: string) =>
  (parse(read(`deploy/prometheus/${name}.rules.yml`)) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );

/** What can be linked to: explicit anchors, and headings as they are turned into links. */
function listSections(markdown: string): string[] {
  const anchors = [...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id as string);
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title as string);
  const toLink = (title: string) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
  return [...anchors, ...headings.map(toLink)];
}

describe.each(FILES)("%s", (name) => {
  const alerts = rulesOf(name).filter(({ alert }) => alert !== undefined);

  test("promtool takes the rules, and their tests pass", async () => {
    await promtool(["check", "rules", "--lint=all", "--lint-fatal", join(root, `deploy/prometheus/${name}.rules.yml`)]);
    expect(await promtool(["test", "rules", join(root, `deploy/prometheus/${name}.test.yml`)])).toContain("SUCCESS");
  });

  test("every alert fires in some test", () => {
    const tests = read(`deploy/prometheus/${name}.test.yml`);
    for (const { alert } of alerts) expect(tests, alert).toMatch(new RegExp(`alertname="${alert}"[^\\n]*value: [1-9]`));
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  test("every alert says what is wrong, how bad it is, and where to read on", () => {
    for (const { alert, labels = {}, annotations = {} } of alerts) {
      expect(["info", "warning", "critical"], alert).toContain(labels.severity);
      expect(annotations.summary?.length, alert).toBeGreaterThan(10);
      expect(annotations.description?.length, alert).toBeGreaterThan(30);
      const [file = "", section] = annotations.runbook?.split("#") ?? [];
      if (labels.rule !== undefined)
        expect(annotations.runbook, alert).toBe(`docs/triage.md#${labels.rule.toLowerCase()}`);
      if (section !== undefined) expect(listSections(read(file)), `${alert}: ${section}`).toContain(section);
    }
  });
});

test("the example configuration is one", async () => {
  expect(await promtool(["check", "config", join(root, "deploy/prometheus/prometheus.yml")])).toContain("SUCCESS");
});
