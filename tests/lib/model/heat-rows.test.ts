import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes, type HeatNode, type HeatRow, planHeatRows } from "@/lib/model/heat-rows";

/** A tree as one would draw it: own weight (keys that hang on the prefix itself) and children by segment. */
interface Drawn {
  own: number;
  children: Record<string, Drawn>;
}

function toNodes(drawn: Drawn, prefix = "", parentSlot: number | null = null, into: HeatNode[] = []): HeatNode[] {
  const slot = into.length;
  const node: HeatNode = {
    ...{ slot, parentSlot, prefix: Buffer.from(prefix), isOther: false },
    ...{ weight: drawn.own, childPrefixes: Object.keys(drawn.children).length, directKeys: drawn.own > 0 ? 1 : 0 },
  };
  into.push(node);
  for (const [segment, child] of Object.entries(drawn.children)) {
    const at = into.length;
    toNodes(child, prefix + segment, slot, into);
    node.weight += (into[at] as HeatNode).weight;
  }
  return into;
}

const named = (rows: readonly HeatRow[]) =>
  rows.map(({ prefix, kind }) => (kind === "rest" ? "rest of " : "") + Buffer.from(prefix).toString());
const leaf = (own: number): Drawn => ({ own, children: {} });
const REGISTRY: Drawn = {
  own: 1,
  children: {
    "/registry/": {
      own: 0,
      children: {
        "pods/": { own: 0, children: { "a/": leaf(10), "b/": leaf(500), "c/": leaf(3) } },
        "leases/": { own: 0, children: { "kube-node-lease/": leaf(9_000) } },
        "secrets/": leaf(0),
      },
    },
  },
};

describe("rows", () => {
  test("the hottest prefixes have rows of their own, the rest of a parent follows its children", () => {
    expect(named(planHeatRows(toNodes(REGISTRY), 0, 6))).toEqual([
      "/registry/leases/kube-node-lease/",
      "/registry/pods/b/",
      "rest of /registry/pods/",
      "rest of /registry/",
      "rest of ",
    ]);
  });

  test("with room, every prefix that is written to has one, and what is never written to has none", () => {
    expect(named(planHeatRows(toNodes(REGISTRY), 0, 500))).toEqual([
      "/registry/leases/kube-node-lease/",
      "/registry/pods/a/",
      "/registry/pods/b/",
      "/registry/pods/c/",
      "rest of /registry/",
      "rest of ",
    ]);
  });

  test("a budget of one is the prefix itself, and an unknown prefix has no rows", () => {
    expect(named(planHeatRows(toNodes(REGISTRY), 0, 1))).toEqual([""]);
    expect(planHeatRows(toNodes(REGISTRY), 99, 5)).toEqual([]);
  });

  test("weights that creep do not change the rows", () => {
    const grown = toNodes(REGISTRY).map((node) => ({ ...node, weight: node.weight * 1.3 }));
    for (let budget = 1; budget < 9; budget++) {
      expect(named(planHeatRows(grown, 0, budget))).toEqual(named(planHeatRows(toNodes(REGISTRY), 0, budget)));
    }
  });

  test("*other* never has a row: it is part of the rest", () => {
    const nodes = toNodes({ own: 0, children: { "a/": leaf(5) } });
    nodes.push({ ...(nodes[1] as HeatNode), slot: 7, prefix: Buffer.from(""), isOther: true, weight: 900 });
    const root = { ...(nodes[0] as HeatNode), weight: 905, childPrefixes: 2 };
    expect(named(planHeatRows([root, ...nodes.slice(1)], 0, 9))).toEqual(["a/", "rest of "]);
  });
});

const drawnTree: fc.Arbitrary<Drawn> = fc.letrec<{ tree: Drawn }>((tie) => ({
  tree: fc.record({
    own: fc.integer({ min: 0, max: 1_000 }),
    children: fc.dictionary(
      fc.stringMatching(/^[a-d]{1,2}\/$/),
      fc.oneof({ depthSize: "small", withCrossShrink: true }, fc.constant(leaf(3)), tie("tree")),
      { maxKeys: 5 },
    ),
  }),
})).tree;

test("rows never exceed the budget, add up to the prefix, and stand in the order of keys", () => {
  fc.assert(
    fc.property(drawnTree, fc.integer({ min: 1, max: 30 }), (drawn, budget) => {
      const nodes = toNodes(drawn);
      const rows = planHeatRows(nodes, 0, budget);
      expect(rows.length).toBeLessThanOrEqual(budget);
      const weightOf = (slot: number) => (nodes[slot] as HeatNode).weight;
      let sum = 0;
      for (const { slot, less } of rows) {
        const weight = weightOf(slot) - less.reduce((all, other) => all + weightOf(other), 0);
        expect(weight).toBeGreaterThanOrEqual(0);
        sum += weight;
      }
      expect(sum).toBe(weightOf(0));
      const places = rows.map(({ prefix, kind }) =>
        kind === "rest" ? Buffer.concat([prefix, Buffer.from([0xff])]) : Buffer.from(prefix),
      );
      for (let i = 1; i < places.length; i++) {
        expect(compareBytes(places[i - 1] as Buffer, places[i] as Buffer)).toBeLessThan(0);
      }
    }),
  );
});

test("bytes compare as etcd compares them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (left, right) => {
      expect(Math.sign(compareBytes(left, right))).toBe(Buffer.compare(left, right));
    }),
  );
});
