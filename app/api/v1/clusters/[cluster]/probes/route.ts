import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { ProbesParams } from "@/lib/api/probes";
import { webDb } from "@/lib/db/web-db";
import { readProbes } from "@/lib/queries/probes";

const COLUMNS = ["at", "memberId", "name", "read", "p50Ms", "maxMs", "failed"] as const;
const READS = ["serializable", "linearizable"] as const;

/** What reads took at every member; as a file, a row for each member, read and step. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, ProbesParams);
    const format = readExportFormat(request);
    const answer = await readProbes(webDb(), id, params, Date.now());
    if (format === null) return answer;
    const items = answer.items.flatMap((member) =>
      READS.flatMap((read) =>
        answer.atMs.map((atMs, step) => {
          const { memberId, name } = member;
          const { p50Ms, maxMs, failed } = member[read].series;
          const figures = { p50Ms: p50Ms[step], maxMs: maxMs[step], failed: failed[step] };
          return { at: new Date(atMs).toISOString(), memberId, name, read, ...figures };
        }),
      ),
    );
    const readPage = async () => ({ items, nextCursor: null });
    return exportResponse(format, { name: `${name}-probes`, columns: COLUMNS, readPage });
  });
}
