import type { Origin } from "@/lib/api/common";
import type { TriageSubjectItem, TriageUnit } from "@/lib/api/triage";
import { type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import type { ClientMover, MemberFacts, Moved, PrefixFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageChart } from "@/lib/rules/triage/triage-rule";

/** A figure of something, with all that a row of a table or a line of a chart needs. */
export interface Figure {
  /** The same for the same figure of the same subject. */
  id: string;
  subject: TriageSubjectItem;
  /** What of it: `Writes`. */
  label: string;
  /** The prefix, member or client; null: the cluster. */
  of: string | null;
  unit: TriageUnit;
  moved: Moved;
  origin: Origin;
  signal: HealthSignalName | null;
}

const CLUSTER = { kind: "cluster" } as const;

/** Those that are there. */
export function listFigures(figures: readonly (Figure | null)[]): Figure[] {
  return figures.filter((figure) => figure !== null);
}

/** Writes of a prefix, or bytes. */
export function prefixFigure(facts: PrefixFacts, measure: "writes" | "writtenBytes"): Figure {
  const { prefix } = facts;
  return {
    id: `prefix:${measure}:${prefix}`,
    subject: { kind: "prefix", prefix },
    ...WRITTEN[measure],
    ...{ of: prefix, moved: facts[measure], origin: "exact", signal: null },
  };
}

/** All writes of the cluster, or bytes; null: nobody watches. */
export function clusterFigure(facts: TriageFacts, measure: "writes" | "writtenBytes"): Figure | null {
  const moved = facts[measure];
  if (moved === null) return null;
  const { label, unit } = WRITTEN[measure];
  const all = { label: `All ${label.toLowerCase()}`, unit };
  return { id: `cluster:${measure}`, subject: CLUSTER, ...all, of: null, moved, origin: "exact", signal: null };
}

const WRITTEN = {
  writes: { label: "Writes", unit: "perSecond" },
  writtenBytes: { label: "Written bytes", unit: "bytesPerSecond" },
} as const;

/** Requests of a client; of what only verbs tell, of the verb. */
export function clientFigure({
  name,
  userAgent,
  user,
  sourceAddress,
  verb,
  resource,
  requests,
  source,
}: ClientMover): Figure {
  const isVerb = userAgent === null && user === null && sourceAddress === null && verb !== null;
  const what = [verb, resource].filter((part) => part !== null).join(" ");
  return {
    id: `client:${JSON.stringify([source, userAgent, user, sourceAddress, isVerb ? what : null])}`,
    subject: isVerb ? { kind: "verb", verb: what } : { kind: "client", name, userAgent, user, sourceAddress },
    label: isVerb || what === "" ? "Requests" : `Requests, mainly ${what}`,
    ...{ of: name, unit: "perSecond", moved: requests, signal: null },
    origin: source === "audit" ? "exact" : "sampled",
  };
}

/** A signal of one member; null: the member does not tell it. */
export function signalFigure(member: MemberFacts, signal: HealthSignalName): Figure | null {
  const moved = member.signals[signal];
  if (moved === undefined) return null;
  const { label, unit } = healthSignal(signal);
  const { memberId, name } = member;
  return {
    id: `signal:${signal}:${memberId}`,
    subject: { kind: "member", memberId, name },
    ...{ label, unit, of: name, moved, origin: "sampled", signal },
  };
}

/** The signal of the member that was worst off in the window: that moved, and whose figure is the largest. */
export function worstOf(facts: TriageFacts, signal: HealthSignalName): Figure | null {
  const figures = listFigures(facts.members.map((member) => signalFigure(member, signal)));
  const known = figures.filter(({ moved }) => moved.window !== null || moved.calm !== null);
  const rank = ({ moved }: Figure) => moved.window ?? Number.NEGATIVE_INFINITY;
  const moved = (figure: Figure) => Number(figure.moved.movedAtMs !== null);
  return known.sort((a, b) => moved(b) - moved(a) || rank(b) - rank(a))[0] ?? null;
}

/** A signal of all members added up; null: none tells it. It moved when the first of them did. */
export function totalOf(facts: TriageFacts, signal: HealthSignalName): Figure | null {
  const parts = facts.members.flatMap(({ signals }) => signals[signal] ?? []);
  const [first] = parts;
  if (first === undefined) return null;
  const { label, unit } = healthSignal(signal);
  const sum = (values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  const values = first.values.map((_, step) => sum(parts.map((part) => part.values[step] ?? null)));
  const moves = parts.flatMap(({ movedAtMs }) => movedAtMs ?? []);
  const moved: Moved = {
    ...{ values, calm: sum(parts.map(({ calm }) => calm)), window: sum(parts.map(({ window }) => window)) },
    // Not the worst of the sum, which nobody asks for.
    ...{ calmWorst: null, worst: null, worstAtMs: null },
    movedAtMs: moves.length === 0 ? null : Math.min(...moves),
  };
  return { id: `total:${signal}`, subject: CLUSTER, label, unit, of: null, moved, origin: "sampled", signal };
}

/** The figure that a finding is drawn by; null: it is not known, or none was named. */
export function chartFigure(facts: TriageFacts, chart: TriageChart): Figure | null {
  if (chart === null) return null;
  if (chart.kind === "prefix") {
    const found = facts.prefixes?.find(({ prefix }) => prefix === chart.prefix);
    return found ? prefixFigure(found, chart.measure) : null;
  }
  if (chart.kind === "client") {
    const found = facts.clients?.find(({ name }) => name === chart.name);
    return found ? clientFigure(found) : null;
  }
  const { memberId, signal } = chart;
  if (memberId === null) return worstOf(facts, signal);
  const member = facts.members.find((one) => one.memberId === memberId);
  return member ? signalFigure(member, signal) : null;
}
