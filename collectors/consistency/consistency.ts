import { setTimeout as sleep } from "node:timers/promises";
import { asc, desc, eq } from "drizzle-orm";
import { checkHashes } from "@/collectors/consistency/hash-check";
import { findObstacle } from "@/collectors/consistency/obstacle";
import type { CostMeter } from "@/collectors/cost-meter";
import { MemberWays } from "@/collectors/members/member-ways";
import { asOwnWork } from "@/collectors/own-work";
import { writeTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import { hashCheck } from "@/lib/db/schema-health";
import type { Log } from "@/lib/log";
import { hashWords } from "@/lib/model/consistency";
import type { ClusterAccess, HashCheckAnswer } from "@/lib/model/questions";

/** What a user may change while it runs. */
export interface ConsistencySettings {
  /** Hours between two comparisons; null: only when asked for. */
  hashCheckHours: number | null;
}

export interface ConsistencyOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  settings: ConsistencySettings;
  meter?: CostMeter;
  log: Log;
}

const LOOK_MS = 30_000;
const HOUR_MS = 3_600_000;

/** Compares the members' data by their hashes: when asked, and at the rate that is set. Never two checks at once. */
export class ConsistencyCollector {
  readonly name = "consistency";
  #options: ConsistencyOptions;
  #running: Promise<HashCheckAnswer> | null = null;
  #ending = new AbortController();

  constructor(options: ConsistencyOptions) {
    this.#options = options;
  }

  /** Checks when it is due until told to stop. Never throws; what fails is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    signal.addEventListener("abort", () => this.#ending.abort(signal.reason), { once: true });
    while (!signal.aborted) {
      await this.#checkWhenDue().catch((error) => {
        if (!signal.aborted) log.warn({ collector: this.name, error: String(error) }, "hashes not compared");
      });
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    await this.#running?.catch(() => undefined);
  }

  /** Compares now, or joins the comparison that is running. Throws an Error with a sentence when it should not be now. */
  check(): Promise<HashCheckAnswer> {
    this.#running ??= this.#check(this.#ending.signal).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #checkWhenDue(): Promise<void> {
    const { db, clusterId, settings } = this.#options;
    if (settings.hashCheckHours === null) return;
    const [last] = await db
      .select({ at: hashCheck.at })
      .from(hashCheck)
      .where(eq(hashCheck.clusterId, clusterId))
      .orderBy(desc(hashCheck.at))
      .limit(1);
    const dueMs = last === undefined ? 0 : last.at.getTime() + settings.hashCheckHours * HOUR_MS;
    const nowMs = Date.now();
    if (nowMs < dueMs || (await findObstacle(db, clusterId, nowMs)) !== null) return;
    await this.check();
  }

  async #check(signal: AbortSignal): Promise<HashCheckAnswer> {
    const { db, clusterId, access, meter } = this.#options;
    const obstacle = await findObstacle(db, clusterId, Date.now());
    if (obstacle !== null) throw new Error(`the members' hashes are not compared now: ${obstacle}; ask again later`);
    const members = await db.select().from(member).where(eq(member.clusterId, clusterId)).orderBy(asc(member.name));
    if (members.length === 0) throw new Error("the members of the cluster are not known yet; ask again in a moment");
    const ways = new MemberWays(access, meter);
    const at = new Date();
    const describe = () => "etcdscope compares the members' hashes: each reads its whole db, one after the other.";
    const outcome = await asOwnWork(this.#options, describe, () => checkHashes({ access, ways, members, signal }));
    const results = [...outcome.results];
    await db.insert(hashCheck).values({ clusterId, at, ...outcome, results });
    if (outcome.verdict === "different") {
      await writeTimelineEvent(db, clusterId, { at, kind: "inconsistency", text: hashWords(outcome) });
    }
    return { at: at.toISOString(), ...outcome, results };
  }
}
