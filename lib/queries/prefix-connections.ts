import type { PrefixClient } from "@/lib/api/clients";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import type { TimeRange } from "@/lib/model/time-range";
import { readConnections } from "@/lib/queries/connections";
import { findNode } from "@/lib/queries/prefix-nodes";
import { readWindow } from "@/lib/queries/window";

const TOP = 20;

/**
 * Where nothing tells who writes: the writes of a prefix, shared out over those who are connected to etcd. No more than a
 * guess at who it can be; an apiserver stands for all of its own clients.
 */
export async function readConnectedClients(
  db: Db,
  clusterId: number,
  { prefix, range, nowMs }: { prefix: Buffer; range: TimeRange; nowMs: number },
): Promise<PrefixClient[]> {
  const node = await findNode(db, clusterId, prefix);
  if (!node) return [];
  const { counts } = await readWindow(db, clusterId, { range, slots: new Set([node.slot]), nowMs });
  const { puts, deletes } = counts(node.slot);
  if (puts + deletes === 0) return [];
  const params = { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  const { items } = await readConnections(db, clusterId, params, nowMs);
  const byAddress = new Map<string, { connections: number; resolvedName: string | null }>();
  for (const { clients } of items) {
    for (const { address, connections, resolvedName } of clients) {
      const sum = byAddress.get(address)?.connections ?? 0;
      byAddress.set(address, { connections: sum + connections, resolvedName });
    }
  }
  const all = items.reduce((sum, { connections }) => sum + connections, 0);
  return [...byAddress]
    .sort(([a, one], [b, other]) => other.connections - one.connections || (a < b ? -1 : 1))
    .slice(0, TOP)
    .map(([address, { connections, resolvedName }]) => ({
      name: resolvedName ?? address,
      ...{ userAgent: null, user: null, sourceAddress: address },
      requests: ((puts + deletes) * connections) / all,
      share: connections / all,
      confidence: "low" as const,
      why: `Only who is connected to etcd is known: the writes below ${toKeyText(prefix).text || "the root"} are shared out by connections.`,
      source: "metrics" as const,
      origin: "estimated" as const,
    }));
}
