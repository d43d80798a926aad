import { expect, test } from "vitest";
import { fillVariables, readDashboard } from "../support/dashboard";

const dashboard = readDashboard();
const { panels } = dashboard;
const drawn = panels.filter(({ type }) => type !== "row");

test("it can be imported: a name, an id, a schema that is current", () => {
  expect(dashboard).toMatchObject({ uid: "etcdscope", title: "etcdscope" });
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
});

test("no panel shares its id or lies upon another, and all lie within 24 columns", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.get(`${x} ${y}`), `${title} at ${x}, ${y}`).toBeUndefined();
        taken.set(`${x} ${y}`, title);
      }
    }
  }
});

test("every panel asks the data source that is chosen", () => {
  const variables = dashboard.templating.list;
  expect(variables.map(({ name, type }) => [name, type])).toEqual([
    ["datasource", "datasource"],
    ["cluster", "query"],
    ["etcd_job", "query"],
  ]);
  for (const { title, datasource, targets = [] } of drawn) {
    expect(datasource?.type, title).toBe("prometheus");
    expect(datasource?.uid, title).toMatch(/^\$\{datasource\}$/);
    expect(targets.length, title).toBeGreaterThan(0);
    for (const target of targets) expect(target.datasource, title).toEqual(datasource);
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
  }
});

test("every panel says what it shows, and shows the chosen clusters only", () => {
  for (const { title, description, targets = [] } of drawn) {
    expect(description?.length ?? 0, title).toBeGreaterThan(10);
    for (const { expr } of targets) {
      for (const selector of expr.match(/etcd(scope)?_\w+(\{[^}]*\})?/g) ?? []) {
        if (selector === "etcd_job") continue;
        expect(selector, title).toMatch(
          selector.startsWith("etcdscope_") ? /cluster=~"\$cluster"/ : /job=~"\$etcd_job"/,
        );
      }
    }
  }
});

test("no variable is left in what is asked", () => {
  for (const { targets = [] } of drawn) for (const { expr } of targets) expect(fillVariables(expr)).not.toContain("$");
});
