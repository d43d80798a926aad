import { readFileSync, writeFileSync } from "node:fs";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { scanKeyspace } from "@/collectors/keyspace/scan";
import { cpuMs, onTold, readOptions, tell } from "@/tests/bench/children/talk";

/** Scans a keyspace into a model as the collector does, once or until the bench has seen enough. */

export interface ScanOptions {
  endpoint: string;
  /** Where boundaries are read from, with `useBoundaries`, or left for later scans. */
  boundariesFile?: string;
  useBoundaries: boolean;
  /** The share of the time etcd may be kept busy; 1 without pauses. */
  scanShare?: number;
  /** Scans again and again. */
  isForever?: boolean;
}

export interface ScanDone {
  keys: number;
  /** What etcd itself counts. */
  countedKeys: number;
  requests: number;
  wallMs: number;
  cpuMs: number;
}

const ALL_KEYS = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
const options = readOptions<ScanOptions>();
const connection = EtcdConnection.open(options.endpoint, { endpoints: [options.endpoint] });
const { revision, count } = await connection.range({ ...ALL_KEYS, countOnly: true }, () => undefined);
const known = options.useBoundaries ? readBoundaries(options.boundariesFile as string) : null;

onTold("scan", async () => {
  do tell("scan", { ...(await scanOnce()) });
  while (options.isForever);
});
tell("ready");

async function scanOnce(): Promise<ScanDone> {
  const model = new KeyspaceModel();
  let requests = 0;
  const startedMs = performance.now();
  const startedCpuMs = cpuMs();
  model.beginScan();
  const { boundaries } = await scanKeyspace({
    connection,
    minRevision: revision,
    boundaries: known,
    settings: { scanShare: options.scanShare ?? 1 },
    load: (kv) => model.load(kv),
    onPage: () => requests++,
    onHold: () => undefined,
    signal: new AbortController().signal,
  });
  model.endScan();
  const wallMs = performance.now() - startedMs;
  const spentMs = cpuMs() - startedCpuMs;
  if (options.boundariesFile && !options.useBoundaries) writeBoundaries(options.boundariesFile, boundaries);
  return { keys: model.keys, countedKeys: count, requests, wallMs, cpuMs: spentMs };
}

function writeBoundaries(file: string, boundaries: readonly Buffer[]): void {
  writeFileSync(file, JSON.stringify(boundaries.map((key) => key.toString("base64"))));
}

function readBoundaries(file: string): Buffer[] {
  return (JSON.parse(readFileSync(file, "utf8")) as string[]).map((text) => Buffer.from(text, "base64"));
}
