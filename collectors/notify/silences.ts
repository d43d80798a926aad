import { gt } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { silence } from "@/lib/db/schema-health";
import type { NotificationPayload } from "@/lib/model/notifications";

/** What is not to be told now. */
export type Silence = Pick<typeof silence.$inferSelect, "clusterId" | "rule" | "scope">;

/** The silences that hold. */
export async function listSilences(db: Db, nowMs: number): Promise<Silence[]> {
  const { clusterId, rule, scope } = silence;
  return db
    .select({ clusterId, rule, scope })
    .from(silence)
    .where(gt(silence.until, new Date(nowMs)));
}

/** Whether one of them covers a notification of a cluster. An empty rule or scope covers every one. */
export function isSilenced(
  silences: readonly Silence[],
  clusterId: number,
  { rule, scope }: Pick<NotificationPayload, "rule" | "scope">,
): boolean {
  return silences.some(
    (one) =>
      one.clusterId === clusterId &&
      (one.rule === "" || one.rule === rule) &&
      (one.scope === "" || one.scope === scope),
  );
}
