import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findSuspects, type RisenNode } from "@/lib/queries/triage/prefix-suspects";

const LEAST = { least: 1 };

/** A tree from `slot: [parent, rise]`; slot 0 is the root, and 1 a directory below it. */
function tree(nodes: Record<number, [parent: number, rise: number]>): RisenNode[] {
  const rest = Object.entries(nodes).map(([slot, [parentSlot, rise]]) => ({
    ...{ slot: Number(slot), parentSlot, rise, isDirectory: slot === "1" },
  }));
  return [{ slot: 0, parentSlot: null, isDirectory: true, rise: 0 }, ...rest];
}

const slots = (found: readonly RisenNode[]) => found.map(({ slot }) => slot);

describe("A rise is pinned as deep as it can be", () => {
  test.each([
    ["on the child that carries all of it", { 1: [0, 100], 2: [1, 100], 3: [2, 98], 4: [2, 2] }, [3]],
    ["on the parent, where many children share it", many(2, 100, 10), [2]],
    ["on two children that carry it together", { 1: [0, 100], 2: [1, 100], 3: [2, 50], 4: [2, 45] }, [3, 4]],
    ["on the parent, where the children carry too little", { 1: [0, 100], 2: [1, 100], 3: [2, 60] }, [2]],
    ["below a directory on each child by itself", { 1: [0, 90], 2: [1, 40], 3: [1, 30], 4: [1, 20] }, [2, 3, 4]],
    ["and not on what rose by next to nothing", { 1: [0, 100], 2: [1, 97], 3: [1, 3] }, [2]],
    ["also where another fell", { 1: [0, 20], 2: [1, 100], 3: [1, -80] }, [2]],
    ["on nothing where nothing rose", { 1: [0, 0.5], 2: [1, 0.5] }, []],
  ] as [string, Record<number, [number, number]>, number[]][])("%s", (_, nodes, expected) => {
    expect(slots(findSuspects(tree(nodes), LEAST))).toEqual(expected);
  });

  function many(parent: number, rise: number, children: number): Record<number, [number, number]> {
    const nodes: Record<number, [number, number]> = { 1: [0, rise], [parent]: [1, rise] };
    for (let i = 0; i < children; i++) nodes[parent + 1 + i] = [parent, rise / children];
    return nodes;
  }
});

test("Of any tree, no suspect lies below another, each rose enough, and the order is by the rise", () => {
  const arbitrary = fc.array(fc.tuple(fc.nat(), fc.integer({ min: -50, max: 200 }), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(arbitrary, (given) => {
      const nodes: RisenNode[] = [{ slot: 0, parentSlot: null, isDirectory: true, rise: 0 }];
      for (const [i, [place, rise, isDirectory]] of given.entries()) {
        nodes.push({ slot: i + 1, parentSlot: place % (i + 1), rise, isDirectory });
      }
      const found = findSuspects(nodes, LEAST);
      const parents = new Map(nodes.map(({ slot, parentSlot }) => [slot, parentSlot]));
      const chosen = new Set(slots(found));
      expect(chosen.has(0)).toBe(false);
      expect(chosen.size).toBe(found.length);
      for (const { slot, rise } of found) {
        expect(rise).toBeGreaterThanOrEqual(1);
        for (let at = parents.get(slot) ?? null; at !== null; at = parents.get(at) ?? null) {
          expect(chosen.has(at)).toBe(false);
        }
      }
      expect([...found].sort((a, b) => b.rise - a.rise || a.slot - b.slot)).toEqual(found);
    }),
  );
});
