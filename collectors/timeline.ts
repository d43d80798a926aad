import type { Db } from "@/lib/db/client";
import { timelineEvent } from "@/lib/db/schema";
import type { TimelineKind } from "@/lib/model/timeline";

/** Something that happened to a cluster. */
export interface TimelineEvent {
  at: Date;
  kind: TimelineKind;
  /** The member it happened to, hex text; absent for the whole cluster. */
  memberId?: string;
  /** Where it lasted; absent for an instant. */
  until?: Date;
  /** One sentence for the reader. */
  text: string;
}

/** Writes an event; the same kind at the same instant of the same member is written once, the first time. */
export async function writeTimelineEvent(db: Db, clusterId: number, event: TimelineEvent): Promise<void> {
  await db
    .insert(timelineEvent)
    .values({ clusterId, ...event })
    .onConflictDoNothing();
}

/** Writes an event that goes on: the same kind at the same instant of the same member now lasts until `until`. */
export async function extendTimelineEvent(
  db: Db,
  clusterId: number,
  event: TimelineEvent & { until: Date },
): Promise<void> {
  const { clusterId: cluster, at, kind, memberId } = timelineEvent;
  await db
    .insert(timelineEvent)
    .values({ clusterId, ...event })
    .onConflictDoUpdate({ target: [cluster, at, kind, memberId], set: { until: event.until, text: event.text } });
}
