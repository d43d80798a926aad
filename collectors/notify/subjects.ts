import { createHash } from "node:crypto";
import { desc, eq, gt, isNull, or } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { finding, spike } from "@/lib/db/schema-health";
import type { NotificationPayload } from "@/lib/model/notifications";
import { SPIKE_SIGNALS } from "@/lib/model/spikes";
import { formatBytes, formatPerSecond } from "@/lib/model/units";

/** How long after its end something may still have to be told: as long as a receiver may be away. */
const TOLD_WITHIN_MS = 25 * 3_600_000;
const MOST_SUBJECTS = 5_000;
/** What the page shows around the moment something began. */
const AROUND_MS = 10 * 60_000;

/** A finding or a spike, as it is to be told. */
export interface Subject {
  clusterId: number;
  /** The same while it lasts, and never another's. */
  key: string;
  isOpen: boolean;
  payload: NotificationPayload;
}

/** What goes on now, and what has ended lately. */
export async function listSubjects(db: Db, nowMs: number): Promise<Subject[]> {
  const since = new Date(nowMs - TOLD_WITHIN_MS);
  const findings = await db
    .select({ row: finding, cluster: cluster.name })
    .from(finding)
    .innerJoin(cluster, eq(cluster.id, finding.clusterId))
    .where(or(isNull(finding.closedAt), gt(finding.closedAt, since)))
    .orderBy(desc(finding.openedAt), finding.id)
    .limit(MOST_SUBJECTS);
  const spikes = await db
    .select({ row: spike, cluster: cluster.name })
    .from(spike)
    .innerJoin(cluster, eq(cluster.id, spike.clusterId))
    .where(or(isNull(spike.endedAt), gt(spike.endedAt, since)))
    .orderBy(desc(spike.onset), spike.signal, spike.subject)
    .limit(MOST_SUBJECTS);
  return [
    ...findings.map((found) => ofFinding(found.row, found.cluster)),
    ...spikes.map((found) => ofSpike(found.row, found.cluster)),
  ];
}

function ofFinding(row: typeof finding.$inferSelect, clusterName: string): Subject {
  const { clusterId, id, rule, scope, severity, title, text, next, openedAt, closedAt } = row;
  return {
    clusterId,
    key: `finding:${id}`,
    isOpen: closedAt === null,
    payload: {
      ...{ cluster: clusterName, what: "finding", rule, scope, severity, title, text, next },
      ...toTimes(openedAt, closedAt),
      path: toPath(clusterName, openedAt),
    },
  };
}

/** A latency that people feel is a warning, a rate that is unusual is news. */
function ofSpike(row: typeof spike.$inferSelect, clusterName: string): Subject {
  const { clusterId, onset, signal, subject, label, endedAt, peak, median } = row;
  const { label: signalLabel, isLatency } = SPIKE_SIGNALS[signal];
  const digest = createHash("sha256").update(subject).digest("hex").slice(0, 32);
  return {
    clusterId,
    key: `spike:${onset.toISOString()}:${signal}:${digest}`,
    isOpen: endedAt === null,
    payload: {
      ...{ cluster: clusterName, what: "spike", rule: "spike", scope: subject },
      severity: isLatency ? "warning" : "info",
      title: `${signalLabel} of ${label} ${isLatency ? "jumped" : "is unusually high"}`,
      text: `It reached ${toFigure(peak, signal)}; usual is ${toFigure(median, signal)}.`,
      next: "See what moved with it, and what moved first.",
      ...toTimes(onset, endedAt),
      path: toPath(clusterName, onset),
    },
  };
}

function toFigure(value: number, signal: keyof typeof SPIKE_SIGNALS): string {
  switch (SPIKE_SIGNALS[signal].unit) {
    case "milliseconds":
      return `${value.toFixed(1)} ms`;
    case "perSecond":
      return `${formatPerSecond(value)}/s`;
    case "bytesPerSecond":
      return `${formatBytes(value)}/s`;
  }
}

function toTimes(startedAt: Date, endedAt: Date | null) {
  const state: NotificationPayload["state"] = endedAt === null ? "open" : "closed";
  return { state, startedAt: startedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

function toPath(clusterName: string, startedAt: Date): string {
  const from = new Date(startedAt.getTime() - AROUND_MS).toISOString();
  const to = new Date(startedAt.getTime() + AROUND_MS).toISOString();
  return `/clusters/${encodeURIComponent(clusterName)}/triage?${new URLSearchParams({ from, to })}`;
}
