import type { HealthSignalName, HealthUnit } from "@/lib/model/health-signals";
import type { TriageStage, TriageVerdict } from "@/lib/model/triage";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

/** What a finding is about. */
export type TriageSubject =
  | { kind: "cluster" }
  | { kind: "member"; memberId: string; name: string }
  | { kind: "prefix"; prefix: string }
  | { kind: "client"; name: string; userAgent: string | null; user: string | null; sourceAddress: string | null }
  | { kind: "verb"; verb: string };

/** A limit: `documentation` is etcd's own word on what is healthy, `alert` what its mixin or operators alert at. */
export interface TriageThreshold {
  tier: "documentation" | "alert";
  value: number;
  unit: HealthUnit;
  /** Who says so: "etcd FAQ", "etcd mixin", "etcdscope". */
  source: string;
  sourceUrl: string | null;
}

/** Where the figure is drawn. */
export type TriageChart =
  | { kind: "signal"; signal: HealthSignalName; memberId: string | null }
  | { kind: "prefix"; prefix: string; measure: "writes" | "writtenBytes" }
  | { kind: "client"; name: string }
  | null;

/** What a rule says of a window. */
export interface TriageFinding {
  verdict: TriageVerdict;
  /** One sentence for the reader with its numbers, calm against window. */
  text: string;
  /** In place of the rule's title, where the finding is of a kind with a name of its own: "Event storm". */
  title?: string;
  /** Reads on after "because of": "an event storm from one namespace". The rule's title where it is absent. */
  because?: string;
  subject: TriageSubject;
  /** The figure the verdict rests on; null: it rests on an event, or on nothing. */
  figure: { label: string; value: number; calm: number | null; unit: HealthUnit } | null;
  thresholds: readonly TriageThreshold[];
  /** When it began; null: not known, or nothing did. */
  startedAtMs: number | null;
  /** What to do next, a sentence each, the first first. */
  next: readonly string[];
  /** With `no-data`: what would provide it. */
  needs: string | null;
  chart: TriageChart;
  /** How strongly it speaks, 0 to 1: how far beyond its threshold, how much of the load. Ranks within a verdict. */
  weight: number;
  /** It holds at the alert tier whatever the calm time was: tell people. */
  isAlert: boolean;
}

/** One check of the catalogue. Pure: facts in, one finding out. */
export interface TriageRule {
  /** `L01` … */
  id: string;
  /** As in the catalogue: `WAL_FSYNC`. */
  name: string;
  /** For the reader: "Write-ahead log syncs are slow". */
  title: string;
  stage: TriageStage;
  /**
   * Symptoms are demoted to `contributing` when one of these is a likely cause that began no later: a storm of writes
   * makes every disk slow. A symptom of one member alone is not explained by what all members share.
   */
  explainedBy: readonly string[];
  /** Worth a notification by itself, when its finding `isAlert`. */
  isStanding: boolean;
  check(facts: TriageFacts): TriageFinding;
}

/** A rule and what it found. */
export interface JudgedFinding extends TriageFinding {
  rule: Pick<TriageRule, "id" | "name" | "title" | "stage" | "isStanding">;
  /** The rule that explains it, when it was demoted. */
  explainedBy: string | null;
}
