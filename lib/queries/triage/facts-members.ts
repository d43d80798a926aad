import { eq } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import { memberConfig } from "@/lib/db/schema-health";
import { type KeyReading, keysApart } from "@/lib/model/keys-apart";
import { stepsIn } from "@/lib/model/moved";
import type { TimeRange } from "@/lib/model/time-range";
import { type ProbeFacts, readProbeFacts } from "@/lib/queries/triage/facts-probes";
import { type MemberSignals, readMemberSignals } from "@/lib/queries/triage/facts-signals";
import { readMemberPast } from "@/lib/queries/triage/member-past";
import { readRevisionsBehind } from "@/lib/queries/triage/revisions-behind";
import type { TriageTimes } from "@/lib/queries/triage/times";
import type { MemberFacts } from "@/lib/rules/triage/triage-facts";

export interface MembersFacts {
  members: MemberFacts[];
  /** 0: not known. */
  memberCount: number;
  /** When reads of the black-box probe began to fail at any member; null: they did not. */
  failingSinceMs: number | null;
}

type MemberRow = typeof member.$inferSelect;

/** Every member: its signals, its probes, and what it was and how it was set up in the window. */
export async function readMembersFacts(
  db: Db,
  clusterId: number,
  { times, window, nowMs }: { times: TriageTimes; window: TimeRange; nowMs: number },
): Promise<MembersFacts> {
  const [rows, configs, signals, probes, past, differences] = await Promise.all([
    db.select().from(member).where(eq(member.clusterId, clusterId)).orderBy(member.name, member.memberId),
    readConfigs(db, clusterId, window.toMs),
    readMemberSignals(db, clusterId, times),
    readProbeFacts(db, clusterId, window),
    readMemberPast(db, clusterId, window, nowMs),
    readRevisionsBehind(db, clusterId, window),
  ]);
  const byId = new Map(rows.map((row) => [row.memberId, row]));
  const told = new Map(signals.map((own) => [own.memberId, own]));
  const ids = [...new Set([...byId.keys(), ...told.keys()])];
  const members = ids.map((memberId): MemberFacts => {
    const row = byId.get(memberId);
    const own = told.get(memberId);
    const name = row?.name || own?.name || memberId;
    return {
      ...{ memberId, name },
      ...toIdentity(row, own),
      probes: probes.get(memberId)?.probes ?? null,
      ...past.of(memberId, row),
      revisionsBehind: differences.of(memberId),
      keysApart: null,
      config: configs.get(name) ?? null,
    };
  });
  return { members: withKeysApart(members, times), memberCount: rows.length, failingSinceMs: earliestFailing(probes) };
}

/** Fewer readings than this say nothing of a window. */
const FEWEST_READINGS = 3;

/** Against the leader at the end of the window. A reading is somewhere in its step. */
function withKeysApart(members: readonly MemberFacts[], { axis, window }: TriageTimes): MemberFacts[] {
  const leader = members.find(({ isLeader }) => isLeader === true);
  if (leader === undefined) return [...members];
  const readingsOf = ({ signals }: MemberFacts): KeyReading[] =>
    stepsIn(signals.keys?.values ?? [], axis, window).flatMap((keys, step) =>
      keys === null ? [] : [{ atMs: step * axis.stepMs, keys }],
    );
  const options = { slackMs: axis.stepMs, fewestReadings: FEWEST_READINGS };
  const ofLeader = readingsOf(leader);
  return members.map((member) => ({ ...member, keysApart: keysApart(readingsOf(member), ofLeader, options) }));
}

function toIdentity(row: MemberRow | undefined, own: MemberSignals | undefined) {
  const signals = own?.signals ?? {};
  return {
    version: row?.version ?? null,
    isLearner: row?.isLearner ?? false,
    signals,
    splitSignals: own?.splitSignals ?? {},
    quotaBytes: signals.quota?.window ?? row?.quotaBackendBytes ?? null,
  };
}

/** By the name a member was given, what it said at its last start before an instant. */
async function readConfigs(db: Db, clusterId: number, beforeMs: number): Promise<Map<string, Map<string, string>>> {
  const rows = await db.select().from(memberConfig).where(eq(memberConfig.clusterId, clusterId));
  const known = rows.filter(({ startedAt }) => startedAt.getTime() <= beforeMs);
  return new Map(known.map((row) => [row.member, new Map(Object.entries(row.settings))]));
}

function earliestFailing(probes: ReadonlyMap<string, ProbeFacts>): number | null {
  const instants = [...probes.values()].flatMap(({ failingSinceMs }) => failingSinceMs ?? []);
  return instants.length === 0 ? null : Math.min(...instants);
}
