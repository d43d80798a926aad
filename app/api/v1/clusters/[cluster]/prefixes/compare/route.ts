import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { CompareParams, type CompareRow } from "@/lib/api/compare";
import { webDb } from "@/lib/db/web-db";
import { comparePrefixes } from "@/lib/queries/compare";

const COLUMNS = [
  ...(["prefix", "prefixBase64", "kind", "status", "keysBefore", "keysAfter", "changeKeys"] as const),
  ...(["liveBytesBefore", "liveBytesAfter", "changeBytes"] as const),
  ...(["historyBytesBefore", "historyBytesAfter", "changeHistoryBytes"] as const),
];
const EXPORT_LIMIT = 20_000;

/** The children of a prefix at two instants; as a file, all of them. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, CompareParams);
    const format = readExportFormat(request);
    const limit = format === null ? params.limit : EXPORT_LIMIT;
    const answer = await comparePrefixes(webDb(), id, { ...params, limit }, Date.now());
    if (format === null) return answer;
    const page = { items: answer.items.map(toRecord), nextCursor: null };
    return exportResponse(format, { name: `${name}-compare`, columns: COLUMNS, readPage: async () => page });
  });
}

/** A row as a flat record. */
function toRecord({ before, after, hasChildren: _, ...row }: CompareRow) {
  return {
    ...row,
    ...{ keysBefore: before.keys, liveBytesBefore: before.liveBytes, historyBytesBefore: before.historyBytes },
    ...{ keysAfter: after.keys, liveBytesAfter: after.liveBytes, historyBytesAfter: after.historyBytes },
  };
}
