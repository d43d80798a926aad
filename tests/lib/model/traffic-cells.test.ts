import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketOf } from "@/lib/model/latency-buckets";
import { TRAFFIC_COUNTERS, type TrafficEvent, type TrafficIdentity } from "@/lib/model/traffic";
import { addEvent, addFigures, cellDigest, cellKey, emptyFigures, type TrafficCell } from "@/lib/model/traffic-cells";
import { addCell, foldCells } from "@/lib/model/traffic-folding";
import { encodeTrafficFrame } from "@/lib/model/traffic-frame";

const identity: TrafficIdentity = {
  verb: "get",
  resource: "pods",
  namespace: "",
  user: null,
  userAgent: "kubelet",
  sourceAddress: "10.0.0.1",
  code: 200,
};
const event: TrafficEvent = {
  ...identity,
  atMs: 0,
  durationMicros: 1_500,
  responseBytes: null,
  etcdMicros: 700,
  queueMicros: null,
  isUnpaged: true,
  isUncached: false,
  isClusterWide: true,
};

describe("counting", () => {
  test("a request is counted with what it says, and what it does not say is not counted as zero", () => {
    const figures = emptyFigures();
    addEvent(figures, event);
    addEvent(figures, { ...event, durationMicros: null, etcdMicros: null, isUnpaged: false });
    expect(figures).toEqual({
      requests: 2,
      timedRequests: 1,
      durationMicros: 1_500,
      sizedRequests: 0,
      responseBytes: 0,
      tracedRequests: 1,
      etcdMicros: 700,
      queueMicros: 0,
      unpagedLists: 1,
      uncachedLists: 0,
      clusterWideLists: 2,
      buckets: new Map([[bucketOf(1_500), 1]]),
    });
  });

  test("whatever numbers a sender claims, the figures can be packed", () => {
    const claim = fc.oneof(fc.double(), fc.constant(null), fc.maxSafeInteger());
    fc.assert(
      fc.property(fc.array(fc.tuple(claim, claim, claim, claim)), (claims) => {
        const [figures, doubled] = [emptyFigures(), emptyFigures()];
        for (const [durationMicros, responseBytes, etcdMicros, queueMicros] of claims) {
          addEvent(figures, { ...event, durationMicros, responseBytes, etcdMicros, queueMicros });
        }
        addFigures(doubled, figures);
        addFigures(doubled, figures);
        encodeTrafficFrame(new Map([[1, doubled]]));
        expect(doubled.requests).toBe(2 * claims.length);
      }),
    );
  });
});

describe("identity", () => {
  const text = fc.oneof(fc.constant(null), fc.string(), fc.constantFrom("", "null", '","', "\0", "__proto__"));
  const anyIdentity = fc.record({
    ...{ verb: text, resource: text, namespace: text, user: text, userAgent: text, sourceAddress: text },
    code: fc.option(fc.integer({ min: 0, max: 999 })),
  });

  test("two cells have the same key and digest only when they are the same", () => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, fc.boolean(), (a, b, folded) => {
        const isSame = Object.entries(a).every(([name, value]) => b[name as keyof TrafficIdentity] === value);
        expect(cellKey(a, folded) === cellKey(b, folded)).toBe(isSame);
        expect(cellDigest("audit", a, folded).equals(cellDigest("audit", b, folded))).toBe(isSame);
        expect(cellKey(a, true)).not.toBe(cellKey(a, false));
      }),
    );
  });

  test("a cell of another source, or folded, has another digest", () => {
    const digests = [
      cellDigest("audit", identity, false),
      cellDigest("audit", identity, true),
      cellDigest("etcd-log", identity, false),
    ].map((digest) => digest.toString("hex"));
    expect(new Set(digests).size).toBe(3);
  });
});

describe("folding", () => {
  test("what has room stays as it is", () => {
    const cells = cellsOf([identity, { ...identity, user: "a" }]);
    expect(foldCells(cells, 2)).toBe(0);
    expect(cells.size).toBe(2);
  });

  test("the lightest give up namespace and address first, the heavy ones stay whole", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ ...identity, sourceAddress: `10.0.1.${index}` }));
    const cells = cellsOf([identity, ...many]);
    addMore(cells, identity, 99);
    expect(foldCells(cells, 10)).toBeGreaterThanOrEqual(41);
    expect(cells.size).toBeLessThanOrEqual(10);
    expect(cells.get(cellKey(identity, false))?.figures.requests).toBe(100);
    const folded = [...cells.values()].filter((cell) => cell.isFolded);
    expect(folded.map((cell) => cell.identity)).toEqual([{ ...identity, namespace: null, sourceAddress: null }]);
  });

  test("of equally light ones those that are in the dictionary stay", () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ ...identity, sourceAddress: `10.0.1.${index}` }));
    const cells = cellsOf(many);
    for (const one of many.slice(15)) (cells.get(cellKey(one, false)) as TrafficCell).cellId = 7;
    foldCells(cells, 6);
    const whole = [...cells.values()].filter((cell) => !cell.isFolded);
    expect(whole.map((cell) => cell.cellId)).toEqual([7, 7, 7, 7, 7]);
  });

  test("agents without end: what was done by verb, resource and code stays exact", () => {
    const verbs = ["get", "list", "update"];
    const many = Array.from({ length: 600 }, (_, index) => ({
      ...{ ...identity, verb: verbs[index % 3] as string, code: index % 2 === 0 ? 200 : 404 },
      ...{ userAgent: `agent-${index}`, user: `user-${index}` },
    }));
    const cells = cellsOf(many);
    foldCells(cells, 20);
    expect(cells.size).toBeLessThanOrEqual(20);
    for (const verb of verbs) for (const code of [200, 404]) expect(requestsOf(cells, verb, code)).toBe(100);
  });

  test("verbs without end: everything else is one cell, and nothing is lost", () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ ...identity, verb: `verb-${index}` }));
    const cells = cellsOf(many);
    addMore(cells, many[3] as TrafficIdentity, 10);
    foldCells(cells, 10);
    expect(cells.size).toBeLessThanOrEqual(10);
    const rest = [...cells.values()].filter((cell) => cell.identity.verb === null);
    expect(rest.map((cell) => cell.identity)).toEqual([
      ...[
        { verb: null, resource: null, namespace: null, user: null, userAgent: null, sourceAddress: null, code: null },
      ],
    ]);
    expect(total(cells)).toBe(510);
  });

  test("whatever comes, the limit holds, every figure stays in the sum, and what was handed in is not changed", () => {
    const few = fc.constantFrom("a", "b", "c", null);
    const some = fc.record({
      ...{ verb: few, resource: few, namespace: few, user: few, userAgent: few, sourceAddress: few },
      code: fc.constantFrom(200, 500, null),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 80 }), fc.integer({ min: 2, max: 40 }), (identities, limit) => {
        const cells = cellsOf(identities);
        const before = new Map([...cells].map(([key, cell]) => [key, { cell, requests: cell.figures.requests }]));
        const size = cells.size;
        const folded = foldCells(cells, limit);
        expect(cells.size).toBeLessThanOrEqual(Math.max(1, Math.min(size, limit)));
        expect(total(cells)).toBe(identities.length);
        expect([...cells.values()].filter((cell) => !cell.isFolded).length).toBe(size - folded);
        for (const { cell, requests } of before.values()) expect(cell.figures.requests).toBe(requests);
      }),
    );
  });
});

function cellsOf(identities: TrafficIdentity[]): Map<string, TrafficCell> {
  const cells = new Map<string, TrafficCell>();
  for (const one of identities) addMore(cells, one, 1);
  return cells;
}

function addMore(cells: Map<string, TrafficCell>, one: TrafficIdentity, requests: number): void {
  const figures = emptyFigures();
  for (let index = 0; index < requests; index++) addEvent(figures, { ...event, ...one });
  addCell(cells, cellKey(one, false), { identity: one, isFolded: false, cellId: null, figures });
}

function total(cells: Map<string, TrafficCell>): number {
  let requests = 0;
  for (const cell of cells.values()) {
    for (const counter of TRAFFIC_COUNTERS) expect(cell.figures[counter]).toBeGreaterThanOrEqual(0);
    requests += cell.figures.requests;
  }
  return requests;
}

function requestsOf(cells: Map<string, TrafficCell>, verb: string, code: number): number {
  return [...cells.values()]
    .filter((cell) => cell.identity.verb === verb && cell.identity.code === code)
    .reduce((sum, cell) => sum + cell.figures.requests, 0);
}
