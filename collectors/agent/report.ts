import { countConnections, OTHER_ADDRESSES } from "@/collectors/agent/proc-net";
import type { ConnectionsReport } from "@/lib/model/connections-report";

/** More clients are not taken in one report. */
const MAX_CLIENTS = 10_000;

/** Who is connected now, most connections first; clients beyond the first thousands are summed up in the last row. */
export async function readReport(
  { procDir, ports, member }: { procDir: string; ports: ReadonlySet<number>; member: string },
  nowMs: number,
): Promise<{ report: ConnectionsReport; badLines: number }> {
  const { byAddress, badLines } = await countConnections(procDir, ports);
  const clients = [...byAddress]
    .map(([address, connections]) => ({ address, connections }))
    .sort((a, b) => b.connections - a.connections || (a.address < b.address ? -1 : 1));
  if (clients.length > MAX_CLIENTS) {
    const others = clients.splice(MAX_CLIENTS - 1).reduce((sum, { connections }) => sum + connections, 0);
    clients.push({ address: OTHER_ADDRESSES, connections: others });
  }
  return { report: { reporter: member, at: new Date(nowMs).toISOString(), clients }, badLines };
}
