import { setTimeout as sleep } from "node:timers/promises";
import type { CostMeter } from "@/collectors/cost-meter";
import { NoEndpointError } from "@/collectors/etcd/failover";
import { judgeFailure, judgeMembers } from "@/collectors/members/health";
import { MembersPoller } from "@/collectors/members/poll";
import { SilenceNote } from "@/collectors/members/silence";
import { writeMembers } from "@/collectors/members/write";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";

export interface MembersCollectorOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  /** Counts what the polls cost. */
  meter?: CostMeter;
  log: Log;
}

export interface MembersCollector {
  readonly name: "members";
  /** Polls until told to stop. Never throws: a failure becomes the collector's state and is tried again. */
  run(signal: AbortSignal): Promise<void>;
}

const INTERVAL_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 8_000; // leaves time to connect, so that etcd's return is seen within 10 s
const JITTER_RATIO = 0.1;

/** The `members` collector of one cluster: who its members are and how they do, every 10 s. */
export function openMembersCollector(options: MembersCollectorOptions): MembersCollector {
  return { name: "members", run: (signal) => run(options, signal) };
}

async function run(options: MembersCollectorOptions, signal: AbortSignal): Promise<void> {
  const poller = new MembersPoller(options.access, options.meter);
  const silence = new SilenceNote(options.db, options.clusterId);
  let retryMs = FIRST_RETRY_MS;
  let failure: string | null = null;
  try {
    while (!signal.aborted) {
      const startedMs = performance.now();
      failure = await pollOnce(poller, options, { signal, silence, lastFailure: failure });
      const pauseMs = failure === null ? INTERVAL_MS - (performance.now() - startedMs) : retryMs;
      retryMs = failure === null ? FIRST_RETRY_MS : Math.min(retryMs * 2, LAST_RETRY_MS);
      await sleep(jittered(pauseMs), undefined, { signal }).catch(() => undefined);
    }
  } finally {
    poller.close();
  }
}

/** Polls, writes and reports. Answers null, or why there is nothing new in the database. */
async function pollOnce(
  poller: MembersPoller,
  { db, clusterId, access, log }: MembersCollectorOptions,
  { signal, silence, lastFailure }: { signal: AbortSignal; silence: SilenceNote; lastFailure: string | null },
): Promise<string | null> {
  try {
    const poll = await poller.poll(signal);
    await writeMembers(db, clusterId, poll);
    await silence.answered();
    await reportState(db, clusterId, "members", await judgeMembers(poll, access));
    if (lastFailure !== null) log.info({ collector: "members" }, "members can be read again");
    return null;
  } catch (error) {
    if (signal.aborted) return lastFailure;
    const report = await judgeFailure(error, access);
    const failure = report.reason ?? String(error);
    // A cluster that stays away is one line in the log, not one every few seconds.
    if (failure !== lastFailure) log.warn({ collector: "members", failure, error: String(error) }, "members not read");
    try {
      if (error instanceof NoEndpointError) await silence.silent(failure);
      await reportState(db, clusterId, "members", report);
    } catch (fault) {
      // The database itself may be what is away.
      log.warn({ collector: "members", error: String(fault) }, "collector state not written");
    }
    return failure;
  }
}

/** Up to a tenth shorter, so that many clusters are not asked at the same instant and none less often than promised. */
function jittered(pauseMs: number): number {
  return Math.max(0, pauseMs * (1 - Math.random() * JITTER_RATIO));
}
