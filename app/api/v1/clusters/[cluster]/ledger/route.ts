import { exportResponse, readExportFormat } from "@/app/api/export";
import { respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { LedgerRow } from "@/lib/api/ledger";
import { webDb } from "@/lib/db/web-db";
import { readLedger } from "@/lib/queries/ledger";

const COLUMNS = LedgerRow.omit({ parts: true }).keyof().options;

/** What fills the file of each member. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const format = readExportFormat(request);
    const answer = await readLedger(webDb(), id, Date.now());
    if (format === null) return answer;
    return exportResponse(format, { name: `${name}-ledger`, columns: COLUMNS, readPage: async () => answer });
  });
}
