import { createHash } from "node:crypto";
import { bucketOf } from "@/lib/model/latency-buckets";
import { TRAFFIC_COUNTERS, type TrafficEvent, type TrafficFigures, type TrafficIdentity } from "@/lib/model/traffic";

/** One combination of who did what, with its figures. */
export interface TrafficCell {
  identity: TrafficIdentity;
  /** It stands for several that were not kept apart: a null then is all the values together. */
  isFolded: boolean;
  /** Its number in the dictionary (`traffic_cell`); null: not there yet. */
  cellId: number | null;
  figures: TrafficFigures;
}

/** Figures of nothing. */
export function emptyFigures(): TrafficFigures {
  return {
    requests: 0,
    timedRequests: 0,
    durationMicros: 0,
    sizedRequests: 0,
    responseBytes: 0,
    tracedRequests: 0,
    etcdMicros: 0,
    queueMicros: 0,
    unpagedLists: 0,
    uncachedLists: 0,
    clusterWideLists: 0,
    buckets: new Map(),
  };
}

/** Counts one request. What it says about itself that cannot be counted (below zero, no number) is taken as not said. */
export function addEvent(figures: TrafficFigures, event: TrafficEvent): void {
  figures.requests++;
  const durationMicros = counted(event.durationMicros);
  if (durationMicros !== null) {
    figures.timedRequests++;
    figures.durationMicros = sum(figures.durationMicros, durationMicros);
    const bucket = bucketOf(durationMicros);
    figures.buckets.set(bucket, (figures.buckets.get(bucket) ?? 0) + 1);
  }
  const responseBytes = counted(event.responseBytes);
  if (responseBytes !== null) {
    figures.sizedRequests++;
    figures.responseBytes = sum(figures.responseBytes, responseBytes);
  }
  const etcdMicros = counted(event.etcdMicros);
  const queueMicros = counted(event.queueMicros);
  if (etcdMicros !== null || queueMicros !== null) {
    figures.tracedRequests++;
    figures.etcdMicros = sum(figures.etcdMicros, etcdMicros ?? 0);
    figures.queueMicros = sum(figures.queueMicros, queueMicros ?? 0);
  }
  if (event.isUnpaged) figures.unpagedLists++;
  if (event.isUncached) figures.uncachedLists++;
  if (event.isClusterWide) figures.clusterWideLists++;
}

/** Adds the figures of one cell to those of another. */
export function addFigures(into: TrafficFigures, from: TrafficFigures): void {
  for (const counter of TRAFFIC_COUNTERS) into[counter] = sum(into[counter], from[counter]);
  for (const [bucket, count] of from.buckets) into.buckets.set(bucket, sum(into.buckets.get(bucket) ?? 0, count));
}

/** Tells cells apart in memory: equal for equal cells only, whatever is in their texts. */
export function cellKey(identity: TrafficIdentity, isFolded: boolean): string {
  const { verb, resource, namespace, user, userAgent, sourceAddress, code } = identity;
  const texts = part(verb) + part(resource) + part(namespace) + part(user) + part(userAgent) + part(sourceAddress);
  return `${texts}${code ?? "-"}${isFolded ? "+" : ""}`;
}

/** A text led by its length, so that no text can pass for the end of one and the beginning of the next. */
function part(text: string | null): string {
  return text === null ? "-" : `${text.length}:${text}`;
}

/** SHA-256 over source, dimensions and whether it is folded: tells cells apart in the dictionary. */
export function cellDigest(source: "audit" | "etcd-log", identity: TrafficIdentity, isFolded: boolean): Buffer {
  return createHash("sha256")
    .update(`${source}\n${cellKey(identity, isFolded)}`)
    .digest();
}

/** A sum that stays a count: a sender may claim any number. */
function sum(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

function counted(value: number | null): number | null {
  if (value === null || !(value >= 0)) return null;
  return Math.min(Math.round(value), Number.MAX_SAFE_INTEGER);
}
