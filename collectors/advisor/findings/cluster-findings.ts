import {
  closeFinding,
  type FindingRow,
  type FoundNow,
  listOpenFindings,
  writeFound,
} from "@/collectors/advisor/findings/finding-rows";
import type { Db } from "@/lib/db/client";
import { log } from "@/lib/log";
import type { FindingSeverity } from "@/lib/model/notifications";
import type { TimeRange } from "@/lib/model/time-range";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule, TriageSubject } from "@/lib/rules/triage/triage-rule";

/** Where facts come from and which rules look at them. */
export interface Standing {
  readFacts(
    db: Db,
    clusterId: number,
    times: { window: TimeRange; calm: TimeRange },
    nowMs: number,
  ): Promise<TriageFacts>;
  rules: readonly TriageRule[];
}

const MINUTE_MS = 60_000;
const WINDOW_MS = 5 * MINUTE_MS;
const CALM_MS = 60 * MINUTE_MS;
/** It is over when so many checks in a row have not found it. */
const MISSES = 3;
/** What cannot be told any more holds no longer than this. */
const UNKNOWN_MS = 60 * MINUTE_MS;
const STEP_MS = 10_000;

/** Leaders that come and go, alarms, members that differ: the cluster refuses writes or answers wrongly. */
const CRITICAL: ReadonlySet<string> = new Set(["L04", "L06", "L32"]);
/** Told of whoever leads now: with the next leader it is the same trouble still. */
const OF_CLUSTER: ReadonlySet<string> = new Set(["L04"]);
/** A member that is down is critical when too few are left. */
const MEMBER_DOWN = "L05";

/** Checks again and again what is wrong with one cluster by itself, whether it is slow or not. */
export class ClusterFindings {
  /** How often each open finding was missed, by its id. */
  #misses = new Map<string, number>();

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
    private readonly standing: Standing,
  ) {}

  /** Looks at the last five minutes beside the hour before. */
  async pass(nowMs: number): Promise<void> {
    const { db, clusterId } = this;
    const toMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const window = { fromMs: toMs - WINDOW_MS, toMs };
    const calm = { fromMs: window.fromMs - CALM_MS, toMs: window.fromMs };
    const facts = await this.standing.readFacts(db, clusterId, { window, calm }, nowMs);
    const { found, unknown } = this.#check(facts);
    const open = await listOpenFindings(db, clusterId);
    for (const one of found) await writeFound(db, clusterId, one, nowMs);
    const holds = new Set(found.map(nameOf));
    for (const row of open) await this.#follow(row, { holds: holds.has(nameOf(row)), unknown, nowMs });
    const ids = new Set(open.map(({ id }) => id));
    for (const id of this.#misses.keys()) if (!ids.has(id)) this.#misses.delete(id);
  }

  /** What holds, and the rules that could not tell. */
  #check(facts: TriageFacts): { found: FoundNow[]; unknown: Set<string> } {
    const found = new Map<string, FoundNow>();
    const unknown = new Set<string>();
    for (const rule of this.standing.rules.filter(({ isStanding }) => isStanding)) {
      const finding = this.#run(rule, facts);
      if (finding === null || finding.verdict === "no-data") unknown.add(rule.id);
      if (!finding?.isAlert) continue;
      const isCritical = CRITICAL.has(rule.id) || (rule.id === MEMBER_DOWN && isQuorumLost(facts));
      const one = toFound(rule, finding, isCritical ? "critical" : "warning");
      found.set(nameOf(one), one);
    }
    return { found: [...found.values()], unknown };
  }

  /** A rule that fails takes no other down. */
  #run(rule: TriageRule, facts: TriageFacts): TriageFinding | null {
    try {
      return rule.check(facts);
    } catch (error) {
      log.error({ clusterId: this.clusterId, rule: rule.id, error: String(error) }, "a rule failed");
      return null;
    }
  }

  async #follow(
    row: FindingRow,
    { holds, unknown, nowMs }: { holds: boolean; unknown: ReadonlySet<string>; nowMs: number },
  ): Promise<void> {
    if (holds) {
      this.#misses.delete(row.id);
      return;
    }
    const isUntold = unknown.has(row.rule) && nowMs - row.checkedAt.getTime() < UNKNOWN_MS;
    const misses = (this.#misses.get(row.id) ?? 0) + (isUntold ? 0 : 1);
    this.#misses.set(row.id, misses);
    if (misses >= MISSES) await closeFinding(this.db, row, nowMs);
  }
}

function isQuorumLost({ members }: TriageFacts): boolean {
  const voters = members.filter(({ isLearner }) => !isLearner);
  const answering = voters.filter(({ isDown }) => !isDown).length;
  return voters.length > 0 && answering <= voters.length / 2;
}

function toFound(rule: TriageRule, finding: TriageFinding, severity: FindingSeverity): FoundNow {
  const { subject, text, title = rule.title, next } = finding;
  const scope = OF_CLUSTER.has(rule.id) ? "" : toScope(subject);
  return { rule: rule.id, scope, severity, title, text, next: next[0] ?? "" };
}

/** A member's id, a prefix, a client's name, a verb; empty: the whole cluster. */
function toScope(subject: TriageSubject): string {
  switch (subject.kind) {
    case "cluster":
      return "";
    case "member":
      return subject.memberId;
    case "prefix":
      return subject.prefix.slice(0, MAX_SCOPE);
    case "client":
      return subject.name.slice(0, MAX_SCOPE);
    case "verb":
      return subject.verb.slice(0, MAX_SCOPE);
  }
}

/** An entry of an index has its bounds. */
const MAX_SCOPE = 300;

function nameOf({ rule, scope }: Pick<FoundNow, "rule" | "scope">): string {
  return `${rule} ${scope}`;
}
