import { join } from "node:path";
import type { Bench } from "@/tests/bench/bench";
import { Child } from "@/tests/bench/child";
import type { ScanDone, ScanOptions } from "@/tests/bench/children/scan";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { median } from "@/tests/bench/statistics";

/**
 * A whole scan into the model, without pauses: the first one, which knows no boundaries, and a later one with those the
 * first has found, in turn with `etcdctl get "" --prefix` to nothing. Each scan is a process of its own; its wall and
 * CPU time are those from the first request to a complete model, without the start of Node. etcdctl's wall is that of
 * its process, which starts in milliseconds.
 */
const ROUNDS = 5;
const NOTE = 'Ratio to `etcdctl get "" --prefix` to /dev/null in the same round; ours ends with a complete model.';
const CPU_NOTE = "CPU of etcd over a first scan, divided by that over a later scan of the same round.";

interface Round {
  first: Scanned;
  later: Scanned;
  peerMs: number;
}
interface Scanned extends ScanDone {
  etcdSeconds: number;
}

export async function measureScan(bench: Bench, etcd: FilledEtcd): Promise<void> {
  const boundariesFile = join(bench.tempDir("boundaries"), "boundaries.json");
  await scan(bench, etcd, { boundariesFile, useBoundaries: false }); // leaves the boundaries; its figures are not kept
  const rounds: Round[] = [];
  for (let round = 0; round < bench.rounds(ROUNDS); round++) {
    const first = await scan(bench, etcd, { useBoundaries: false });
    const peerMs = await etcd.timeEtcdctl("--command-timeout=600s", "get", "", "--prefix");
    const later = await scan(bench, etcd, { boundariesFile, useBoundaries: true });
    rounds.push({ first, later, peerMs });
    bench.say(
      `round ${round + 1}: first ${seconds(first.wallMs)}, later ${seconds(later.wallMs)}, etcdctl ${seconds(peerMs)}; ${first.requests} and ${later.requests} requests`,
    );
  }
  reportWall(bench, etcd, "firstScan", rounds);
  reportWall(bench, etcd, "laterScan", rounds);
  bench.report({ measure: "scanCpu", version: etcd.version, values: rounds.map(({ first }) => cpuPerKey(first)) });
  bench.report({ measure: "laterScanCpu", version: etcd.version, values: rounds.map(({ later }) => cpuPerKey(later)) });
  bench.report({
    measure: "etcdCpu",
    version: etcd.version,
    values: rounds.map(({ first, later }) => first.etcdSeconds / later.etcdSeconds),
    ours: perKey(rounds.map(({ first }) => first)),
    peer: perKey(rounds.map(({ later }) => later)),
    note: CPU_NOTE,
  });
}

function reportWall(
  bench: Bench,
  etcd: FilledEtcd,
  measure: "firstScan" | "laterScan",
  rounds: readonly Round[],
): void {
  const which = measure === "firstScan" ? "first" : "later";
  bench.report({
    measure,
    version: etcd.version,
    values: rounds.map((round) => round[which].wallMs / round.peerMs),
    ours: seconds(median(rounds.map((round) => round[which].wallMs))),
    peer: seconds(median(rounds.map(({ peerMs }) => peerMs))),
    note: NOTE,
  });
}

async function scan(bench: Bench, etcd: FilledEtcd, options: Partial<ScanOptions>): Promise<Scanned> {
  const child = new Child(bench, "scan", { endpoint: etcd.endpoint, ...options });
  try {
    await child.hear("ready");
    const before = etcd.cpuSeconds();
    const done = await child.ask<ScanDone>("scan");
    const etcdSeconds = etcd.cpuSeconds() - before;
    if (done.keys !== done.countedKeys) throw new Error(`the scan saw ${done.keys} keys of ${done.countedKeys}`);
    return { ...done, etcdSeconds };
  } finally {
    await child.stop();
  }
}

function cpuPerKey({ cpuMs, keys }: ScanDone): number {
  return (cpuMs * 1_000) / keys;
}

function perKey(scans: readonly Scanned[]): string {
  return `${median(scans.map(({ etcdSeconds, keys }) => (etcdSeconds * 1e6) / keys)).toFixed(1)} µs/key`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
