import { setTimeout as sleep } from "node:timers/promises";
import { asc, eq } from "drizzle-orm";
import type { CostMeter } from "@/collectors/cost-meter";
import { MemberWays } from "@/collectors/members/member-ways";
import { judgeProbes } from "@/collectors/probe/health";
import { MemberProbe, type ProbedMember } from "@/collectors/probe/member-probe";
import { type ProbedSlot, writeProbes } from "@/collectors/probe/write";
import { withTimeout } from "@/collectors/race";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import type { Log } from "@/lib/log";
import { untilNextSlotMs } from "@/lib/model/probe-slots";
import type { ClusterAccess } from "@/lib/model/questions";

export interface ProbeCollectorOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  meter?: CostMeter;
  log: Log;
}

/** Clusters are not all asked at the same instant. */
const SPREAD_MS = 300;
/** Those known from before are asked then. */
const MEMBERS_PATIENCE_MS = 200;
/** Slots that wait for Postgres: five minutes of them. */
const MAX_WAITING = 60;

/** The `probe` collector of one cluster: what a read takes at each member, as a client feels it, every 5 s. */
export class ProbeCollector {
  readonly name = "probe";
  #options: ProbeCollectorOptions;
  #ways: MemberWays;
  #probes = new Map<string, MemberProbe>();
  #members: ProbedMember[] = [];
  #waiting: ProbedSlot[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ProbeCollectorOptions) {
    this.#options = options;
    this.#ways = new MemberWays(options.access, options.meter);
  }

  /** Probes in each slot until told to stop. Never throws: a failure is a figure, or the collector's state. */
  async run(signal: AbortSignal): Promise<void> {
    const spreadMs = Math.random() * SPREAD_MS;
    try {
      while (!signal.aborted) {
        await sleep(untilNextSlotMs(Date.now()) + spreadMs, undefined, { signal });
        await this.#probeAll(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      for (const probe of this.#probes.values()) probe.close();
      await this.#writing;
    }
  }

  async #probeAll(signal: AbortSignal): Promise<void> {
    const atMs = Date.now();
    await this.#learnMembers();
    const members = this.#members;
    const results = await Promise.all(members.map((one) => this.#probeOf(one.memberId).ask(one, signal)));
    if (results.length === 0) return;
    this.#waiting.push({ atMs, results });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    // Not waited for: while Postgres is slow the next slot is on time.
    this.#writing = this.#writing.then(() => this.#write(members));
  }

  /** Those that have been started. What was known stays while Postgres is away. */
  async #learnMembers(): Promise<void> {
    await withTimeout(this.#readMembers(), MEMBERS_PATIENCE_MS).catch((error) => {
      this.#options.log.warn({ collector: this.name, error: String(error) }, "members not read");
    });
    const wanted = new Set(this.#members.map(({ memberId }) => memberId));
    for (const [memberId, probe] of this.#probes) {
      if (wanted.has(memberId)) continue;
      probe.close();
      this.#probes.delete(memberId);
    }
  }

  async #readMembers(): Promise<void> {
    const { db, clusterId } = this.#options;
    const rows = await db.select().from(member).where(eq(member.clusterId, clusterId)).orderBy(asc(member.memberId));
    this.#members = rows
      .filter(({ clientUrls }) => clientUrls.length > 0)
      .map(({ memberId, name, clientUrls, isLearner, at }) => {
        return { memberId, name, clientUrls, isLearner, hasAnswered: at !== null };
      });
  }

  #probeOf(memberId: string): MemberProbe {
    let probe = this.#probes.get(memberId);
    if (probe === undefined) {
      probe = new MemberProbe(this.#ways, this.#options.access);
      this.#probes.set(memberId, probe);
    }
    return probe;
  }

  /** Writes what waits, the oldest first, and how it goes. */
  async #write(members: readonly ProbedMember[]): Promise<void> {
    const { db, clusterId, log } = this.#options;
    try {
      for (let slot = this.#waiting[0]; slot !== undefined; slot = this.#waiting[0]) {
        await writeProbes(db, clusterId, slot);
        if (this.#waiting[0] === slot) this.#waiting.shift();
        if (this.#waiting.length === 0) await reportState(db, clusterId, this.name, judgeProbes(members, slot.results));
      }
    } catch (error) {
      log.warn({ collector: this.name, error: String(error) }, "probes not written, will be tried again");
    }
  }
}
