import { and, desc, eq, inArray } from "drizzle-orm";
import { writeTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import { member, timelineEvent } from "@/lib/db/schema";

/**
 * Puts on the timeline when not one member of a cluster can be reached, and when one answers again: once each, also
 * across restarts of the worker. A cluster that never answered has nothing to lose.
 */
export class SilenceNote {
  #db: Db;
  #clusterId: number;
  #isSilent: boolean | undefined;

  constructor(db: Db, clusterId: number) {
    this.#db = db;
    this.#clusterId = clusterId;
  }

  /** No member answers. */
  async silent(reason: string): Promise<void> {
    if ((await this.#wasSilent()) || !(await this.#isKnown())) return;
    await this.#write("member-down", `No member can be reached. ${reason}`);
    this.#isSilent = true;
  }

  /** At least one does. */
  async answered(): Promise<void> {
    if (!(await this.#wasSilent())) return;
    await this.#write("member-up", "etcd can be reached again.");
    this.#isSilent = false;
  }

  #write(kind: "member-down" | "member-up", text: string): Promise<void> {
    return writeTimelineEvent(this.#db, this.#clusterId, { at: new Date(), kind, text });
  }

  async #wasSilent(): Promise<boolean> {
    if (this.#isSilent !== undefined) return this.#isSilent;
    const isOfCluster = and(
      eq(timelineEvent.clusterId, this.#clusterId),
      inArray(timelineEvent.kind, ["member-down", "member-up"]),
      eq(timelineEvent.memberId, ""),
    );
    const [last] = await this.#db
      .select({ kind: timelineEvent.kind })
      .from(timelineEvent)
      .where(isOfCluster)
      .orderBy(desc(timelineEvent.at))
      .limit(1);
    this.#isSilent = last?.kind === "member-down";
    return this.#isSilent;
  }

  async #isKnown(): Promise<boolean> {
    const rows = await this.#db.select().from(member).where(eq(member.clusterId, this.#clusterId)).limit(1);
    return rows.length > 0;
  }
}
