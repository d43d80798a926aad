import { setTimeout as sleep } from "node:timers/promises";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { EtcdError } from "@/collectors/etcd/errors";
import { type Scan, scanKeyspace } from "@/collectors/keyspace/scan";
import { startEtcd, type TestEtcd } from "../../support/etcd";

const KEYS = 900;
const STRETCH_KEYS = 50;
/** Twice as many bytes as a chunk of HTTP/2 has: every page of some keys comes in pieces. */
const VALUE = "v".repeat(2_000);
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const keyAt = (i: number) => `/keys/${String(i).padStart(4, "0")}`;
const ALL = Array.from({ length: KEYS }, (_, i) => keyAt(i));
/** A page in an unpaced scan has two stretches: 100 keys. */
const BOUNDARIES = ALL.filter((_, i) => i > 0 && i % STRETCH_KEYS === 0).map((key) => Buffer.from(key));

let etcd: TestEtcd;
let connection: EtcdConnection;

beforeAll(async () => {
  etcd = await startEtcd();
  connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
  const client = new Etcd3({ hosts: etcd.endpoint });
  for (let from = 0; from < KEYS; from += 100) {
    await Promise.all(ALL.slice(from, from + 100).map((key) => client.put(key).value(VALUE).exec()));
  }
  client.close();
});

afterAll(async () => {
  connection?.close();
  await etcd?.stop();
});

interface Watched extends Partial<Scan> {
  /** Called before the request goes to etcd, with its number from 1. */
  onRequest?: (request: number) => Promise<void>;
  /** Lets etcd answer no more keys at a time. */
  maxKeys?: number;
}

/** Scans, and tells which keys were loaded and how many requests were on their way at most. */
function watchScan({ onRequest = async () => undefined, maxKeys = KEYS, ...scan }: Watched) {
  const seen = { keys: [] as string[], requests: 0, mostOpen: 0, open: 0 };
  const rangePage: EtcdConnection["rangePage"] = async (request, options) => {
    seen.mostOpen = Math.max(seen.mostOpen, ++seen.open);
    try {
      await onRequest(++seen.requests);
      return await connection.rangePage({ ...request, limit: Math.min(maxKeys, request.limit ?? KEYS) }, options);
    } finally {
      seen.open--;
    }
  };
  const scanned = scanKeyspace({
    connection: { endpoint: connection.endpoint, status: (options) => connection.status(options), rangePage },
    ...{ minRevision: 1, boundaries: BOUNDARIES, settings: { scanShare: 1 } },
    load: (kv) => seen.keys.push(kv.copyKey().toString()),
    onPage: () => undefined,
    onHold: () => undefined,
    signal: AbortSignal.timeout(60_000),
    ...scan,
  });
  return { seen, scanned };
}

function fault(code: number, details: string): EtcdError {
  return new EtcdError({ code, details, endpoint: etcd.endpoint, method: "Range" });
}

test.each([
  { what: "between known boundaries", boundaries: BOUNDARIES, scanShare: 1, mostOpen: 2 },
  { what: "that knows no boundaries", boundaries: null, scanShare: 1, mostOpen: 1 },
  { what: "with pauses", boundaries: BOUNDARIES, scanShare: 0.9, mostOpen: 1 },
])("a scan $what loads every key in order, $mostOpen requests on their way at most", async (given) => {
  const { seen, scanned } = watchScan({ boundaries: given.boundaries, settings: { scanShare: given.scanShare } });
  expect((await scanned).keys).toBe(KEYS);
  expect(seen.keys).toEqual(ALL);
  expect(seen.mostOpen).toBe(given.mostOpen);
});

test("pages are loaded in order although the second is there before the first", async () => {
  const onRequest = async (request: number) => {
    if (request % 2 === 0) await sleep(40);
  };
  const { seen, scanned } = watchScan({ onRequest });
  await scanned;
  expect(seen.keys).toEqual(ALL);
});

test.each([1, 7, 60, 99])(
  "with pages that end after %i keys, the rest is read before what was asked for ahead",
  async (maxKeys) => {
    const { seen, scanned } = watchScan({ maxKeys });
    await scanned;
    expect(seen.keys).toEqual(ALL);
    expect(seen.requests).toBeGreaterThanOrEqual(KEYS / maxKeys);
  },
);

test.each([
  { what: "not answered in time", code: DEADLINE_EXCEEDED, details: "Deadline exceeded after 30 s" },
  { what: "too long", code: RESOURCE_EXHAUSTED, details: "Received message larger than max (9 vs. 8)" },
])("a page asked for ahead that is $what is asked for again, and no key is lost", async ({ code, details }) => {
  const onRequest = async (request: number) => {
    if (request === 3 || request === 5) throw fault(code, details);
  };
  const { seen, scanned } = watchScan({ onRequest });
  await scanned;
  expect(seen.keys).toEqual(ALL);
  expect(seen.requests).toBeGreaterThan(KEYS / (2 * STRETCH_KEYS));
});

test("an error in a page asked for ahead ends the scan where that page begins", async () => {
  const onRequest = async (request: number) => {
    if (request === 3) throw fault(13, "out of order");
  };
  const { seen, scanned } = watchScan({ onRequest });
  await expect(scanned).rejects.toThrow("out of order");
  expect(seen.keys).toEqual(ALL.slice(0, 4 * STRETCH_KEYS));
  await expect.poll(() => seen.open).toBe(0);
});

test("an abort in the middle ends the scan and what was asked for ahead", async () => {
  const stop = new AbortController();
  const { seen, scanned } = watchScan({
    onPage: (keys) => {
      if (keys >= 4 * STRETCH_KEYS) stop.abort(new Error("enough"));
    },
    signal: stop.signal,
  });
  await expect(scanned).rejects.toThrow("enough");
  expect(seen.keys).toEqual(ALL.slice(0, 4 * STRETCH_KEYS));
  await expect.poll(() => seen.open).toBe(0);
});
