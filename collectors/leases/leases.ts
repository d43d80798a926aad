import { setTimeout as sleep } from "node:timers/promises";
import type { CostLedger } from "@/collectors/cost-meter";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { openAny } from "@/collectors/etcd/failover";
import { judgeLeaseFailure, judgeLook } from "@/collectors/leases/health";
import { type LeaseLook, lookAtLeases } from "@/collectors/leases/look";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import { leaseSample } from "@/lib/db/schema-metrics";
import type { Log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import type { SourceSecrets, SourceSettings } from "@/lib/model/sources";

export interface LeasesCollectorOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  source: { enabled: boolean; settings: SourceSettings; secrets: SourceSecrets };
  log: Log;
  /** Counts what the looks cost. */
  costs: CostLedger;
}

export interface LeasesCollector {
  readonly name: "leases";
  /** Looks until told to stop. Never throws: a failure becomes the collector's state and is tried again. */
  run(signal: AbortSignal): Promise<void>;
}

const INTERVAL_MS = 60_000;
const LONGEST_INTERVAL_MS = 3_600_000;
const LISTING_SHARE = 0.01; // of etcd's time, at most
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;
const JITTER_RATIO = 0.1;

/** The `leases` collector of one cluster: how many leases there are, and what a sample of them looks like. */
export function openLeasesCollector(options: LeasesCollectorOptions): LeasesCollector {
  return { name: "leases", run: (signal) => run(options, signal) };
}

/** How long to wait after a listing of `listingMs`, so that listing takes at most a hundredth of the time. */
export function lookIntervalMs(listingMs: number): number {
  return Math.min(LONGEST_INTERVAL_MS, Math.max(INTERVAL_MS, listingMs / LISTING_SHARE));
}

async function run(options: LeasesCollectorOptions, signal: AbortSignal): Promise<void> {
  if (!options.source.enabled) return;
  const place = new MemberPlace(options);
  let retryMs = FIRST_RETRY_MS;
  let failure: string | null = null;
  try {
    while (!signal.aborted) {
      const done = await lookOnce(place, options, { signal, lastFailure: failure });
      failure = done.failure;
      const pauseMs = done.look === null ? retryMs : lookIntervalMs(done.look.listingMs);
      retryMs = done.look === null ? Math.min(retryMs * 2, LAST_RETRY_MS) : FIRST_RETRY_MS;
      await sleep(pauseMs * (1 - Math.random() * JITTER_RATIO), undefined, { signal }).catch(() => undefined);
    }
  } finally {
    place.leave();
  }
}

/** Looks, writes and reports. `look` is null when nothing new is in the database, and `failure` says why. */
async function lookOnce(
  place: MemberPlace,
  { db, clusterId, access, log }: LeasesCollectorOptions,
  { signal, lastFailure }: { signal: AbortSignal; lastFailure: string | null },
): Promise<{ look: LeaseLook | null; failure: string | null }> {
  try {
    const at = new Date();
    const look = await lookAtLeases(await place.open(signal), signal);
    const { leases, sampledLeases, distribution } = look;
    await db.insert(leaseSample).values({ clusterId, at, leases, sampledLeases, distribution });
    await reportState(db, clusterId, "leases", judgeLook(look, access));
    if (lastFailure !== null) log.info({ collector: "leases" }, "leases can be read again");
    return { look, failure: null };
  } catch (error) {
    if (signal.aborted) return { look: null, failure: lastFailure };
    place.leave();
    const report = await judgeLeaseFailure(error, access);
    const failure = report.reason ?? String(error);
    // A cluster that stays away is one line in the log, not one every few seconds.
    if (failure !== lastFailure) log.warn({ collector: "leases", failure, error: String(error) }, "leases not read");
    await reportState(db, clusterId, "leases", report).catch((fault) => {
      // The database itself may be what is away.
      log.warn({ collector: "leases", error: String(fault) }, "collector state not written");
    });
    return { look: null, failure };
  }
}

/** The member the leases are read from, until it fails. */
class MemberPlace {
  #options: LeasesCollectorOptions;
  #connection: EtcdConnection | null = null;

  constructor(options: LeasesCollectorOptions) {
    this.#options = options;
  }

  async open(signal: AbortSignal): Promise<EtcdConnection> {
    if (this.#connection === null) {
      const { access, costs } = this.#options;
      this.#connection = (await openAny(access, { signal, meter: costs.of("leases") })).connection;
    }
    return this.#connection;
  }

  leave(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}
