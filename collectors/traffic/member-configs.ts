import { sql } from "drizzle-orm";
import type { Turn } from "@/collectors/traffic/traffic-store";
import { memberConfig } from "@/lib/db/schema-health";
import type { MemberConfig } from "@/lib/model/etcd-config-line";

/** A cluster has no more members than this; of more names the last started are kept. */
const MAX_MEMBERS = 50;

/** The newest start of each member, bounded. */
export class ConfigTally {
  readonly newest = new Map<string, MemberConfig>();

  add(config: MemberConfig): void {
    const there = this.newest.get(config.member);
    if (there !== undefined && there.startedAtMs > config.startedAtMs) return;
    this.newest.set(config.member, config);
    if (this.newest.size > MAX_MEMBERS) this.newest.delete(this.#oldest());
  }

  #oldest(): string {
    const [first, ...others] = [...this.newest.values()] as [MemberConfig, ...MemberConfig[]];
    return others.reduce((oldest, one) => (one.startedAtMs < oldest.startedAtMs ? one : oldest), first).member;
  }
}

/** Keeps how members were started last, within the turn's transaction; an older start than is known changes nothing. */
export async function writeConfigs({ tx, clusterId }: Turn, { newest }: ConfigTally): Promise<void> {
  if (newest.size === 0) return;
  const rows = [...newest.values()].map(({ member, startedAtMs, settings }) => ({
    ...{ clusterId, member, startedAt: new Date(startedAtMs), settings: Object.fromEntries(settings) },
  }));
  await tx
    .insert(memberConfig)
    .values(rows)
    .onConflictDoUpdate({
      target: [memberConfig.clusterId, memberConfig.member],
      set: { startedAt: sql`excluded.started_at`, settings: sql`excluded.settings` },
      setWhere: sql`excluded.started_at >= ${memberConfig.startedAt}`,
    });
  await tx.execute(sql`
    delete from ${memberConfig} where cluster_id = ${clusterId} and member not in (
      select member from ${memberConfig} where cluster_id = ${clusterId} order by started_at desc, member limit ${MAX_MEMBERS})`);
}
