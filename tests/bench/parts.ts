import type { Bench } from "@/tests/bench/bench";
import type { FilledEtcd } from "@/tests/bench/filled-etcd";
import { measureCheckpoint } from "@/tests/bench/parts/checkpoint";
import { measureFuzz } from "@/tests/bench/parts/fuzz";
import { measureHistory } from "@/tests/bench/parts/history";
import { measureIngest } from "@/tests/bench/parts/ingest";
import { measureLag } from "@/tests/bench/parts/lag";
import { measureLeap } from "@/tests/bench/parts/leap";
import { measureLargeMemory, measureMemory } from "@/tests/bench/parts/memory";
import { measurePacing } from "@/tests/bench/parts/pacing";
import { measureScan } from "@/tests/bench/parts/scan";
import { measureStorage } from "@/tests/bench/parts/storage";
import { measureTriage } from "@/tests/bench/parts/triage";
import { measureWatch } from "@/tests/bench/parts/watch";

/** A part of the bench by the name it is asked for. `Subject` is what it works on: an etcd, or nothing. */
export interface Part<Subject> {
  name: string;
  run(bench: Bench, subject: Subject): Promise<void>;
}

/** Run once for each version of etcd, on the same filled etcd. */
export const ETCD_PARTS: readonly Part<FilledEtcd>[] = [
  { name: "scan", run: measureScan },
  { name: "pacing", run: measurePacing },
  { name: "memory", run: measureMemory },
  { name: "checkpoint", run: measureCheckpoint },
  { name: "watch", run: measureWatch },
  { name: "lag", run: measureLag },
];

/** Run once. */
export const OTHER_PARTS: readonly Part<void>[] = [
  { name: "leap", run: measureLeap },
  { name: "large-memory", run: measureLargeMemory },
  { name: "storage", run: measureStorage },
  { name: "history", run: measureHistory },
  { name: "ingest", run: measureIngest },
  { name: "triage", run: measureTriage },
  { name: "fuzz", run: measureFuzz },
];
