import type { Db } from "@/lib/db/client";
import { type TimelineKind, timelineEvent } from "@/lib/db/schema";

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
