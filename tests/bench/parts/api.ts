import type { Bench } from "@/tests/bench/bench";
import { CLUSTER_NAME } from "@/tests/bench/postgres";
import { percentile } from "@/tests/bench/statistics";

/**
 * How long the keyspace reads of the API take over HTTP, one after the other, from the request to the last byte. Each
 * read is asked for the range that ends now, then for ranges that end earlier by a minute each time, so that no answer
 * can be the last one again. What only the worker can answer (single keys, top lists by size) is not among them.
 */
const ROUNDS = 3;
const REQUESTS = 40;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HEATMAP = { rows: "500", columns: "1440" };

interface Read {
  name: string;
  path: string;
  query?: Record<string, string>;
  /** Length of the range asked for; none: the read has no range. */
  rangeMs?: number;
}

const HEATMAP_READS: readonly Read[] = [
  { name: "30 d, writes", path: "heatmap", query: HEATMAP, rangeMs: 30 * DAY_MS },
  { name: "24 h, writes", path: "heatmap", query: HEATMAP, rangeMs: DAY_MS },
  {
    name: "24 h, live bytes change",
    path: "heatmap",
    query: { ...HEATMAP, measure: "liveBytesChange" },
    rangeMs: DAY_MS,
  },
];

const OTHER_READS: readonly Read[] = [
  ...[30 * DAY_MS, DAY_MS, HOUR_MS].flatMap(rangeReads),
  { name: "compare with 7 d ago", path: "prefixes/compare", query: { compare: "7d" } },
  { name: "compare with 1 h ago", path: "prefixes/compare", query: { compare: "1h" } },
  { name: "search for a prefix", path: "prefixes/search", query: { q: "a" } },
  { name: "timeline, 30 d", path: "timeline", rangeMs: 30 * DAY_MS },
  { name: "ledger", path: "ledger" },
  { name: "cluster", path: "" },
];

function rangeReads(rangeMs: number): Read[] {
  const range = words(rangeMs);
  return [
    { name: `prefixes, ${range}`, path: "prefixes", rangeMs },
    { name: `series of the root and 8 children, ${range}`, path: "prefixes/series", query: { children: "8" }, rangeMs },
    { name: `hottest keys, ${range}`, path: "keys/top", query: { by: "writes" }, rangeMs },
    { name: `patterns, ${range}`, path: "patterns", rangeMs },
    { name: `size × churn, ${range}`, path: "churn", rangeMs },
  ];
}

export async function measureApi(bench: Bench, clustersUrl: string, nowMs: number): Promise<void> {
  for (const read of HEATMAP_READS) await measureRead(bench, "heatmapApi", read, { clustersUrl, nowMs });
  for (const read of OTHER_READS) await measureRead(bench, "otherApi", read, { clustersUrl, nowMs });
}

async function measureRead(
  bench: Bench,
  measure: "heatmapApi" | "otherApi",
  read: Read,
  { clustersUrl, nowMs }: { clustersUrl: string; nowMs: number },
): Promise<void> {
  let asked = 0;
  const ask = () => timeRead(urlOf(clustersUrl, read, nowMs - asked++ * MINUTE_MS));
  try {
    const first = await ask();
    const values: number[] = [];
    for (let round = 0; round < bench.rounds(ROUNDS); round++) {
      const times: number[] = [];
      for (let i = 0; i < REQUESTS; i++) times.push((await ask()).ms);
      values.push(percentile(times, 0.95));
    }
    bench.report({ measure, detail: read.name, values });
    bench.say(
      `${read.name}: first ${first.ms.toFixed(0)} ms, p95 ${values.map((ms) => ms.toFixed(0)).join(", ")} ms, ${first.bytes} bytes`,
    );
  } catch (error) {
    bench.crashes.push(`${read.name}: ${String(error)}`);
    bench.report({ measure, detail: read.name, values: [], note: String(error) });
  }
}

async function timeRead(url: string): Promise<{ ms: number; bytes: number }> {
  const startedMs = performance.now();
  const answer = await fetch(url);
  const body = await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${Buffer.from(body).toString().slice(0, 300)}`);
  return { ms: performance.now() - startedMs, bytes: body.byteLength };
}

function urlOf(clustersUrl: string, { path, query, rangeMs }: Read, toMs: number): string {
  const url = new URL(`${clustersUrl}/${CLUSTER_NAME}${path === "" ? "" : `/${path}`}`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  if (rangeMs !== undefined) {
    url.searchParams.set("from", new Date(toMs - rangeMs).toISOString());
    url.searchParams.set("to", new Date(toMs).toISOString());
  }
  return url.href;
}

function words(rangeMs: number): string {
  return rangeMs >= DAY_MS * 2 ? `${rangeMs / DAY_MS} d` : `${rangeMs / HOUR_MS} h`;
}
