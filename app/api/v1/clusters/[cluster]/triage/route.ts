import { parseQuery, respond } from "@/app/api/respond";
import { type ClusterRoute, readRouteCluster } from "@/app/api/route-cluster";
import { type TriageAnswer, TriageParams } from "@/lib/api/triage";
import { webDb } from "@/lib/db/web-db";
import { ParameterError } from "@/lib/queries/errors";
import { readTriage } from "@/lib/queries/triage/triage";
import { toTriageMarkdown } from "@/lib/queries/triage/triage-markdown";

/** Why it is slow; as Markdown for an incident's channel, or as a file of JSON. */
export function GET(request: Request, route: ClusterRoute): Promise<Response> {
  return respond(request, async () => {
    const { id, name } = await readRouteCluster(route);
    const params = parseQuery(request, TriageParams);
    const format = readFormat(request);
    const answer = await readTriage(webDb(), id, params, Date.now());
    if (format === null) return answer;
    if (format === "json") return toFile(answer, name);
    const text = toTriageMarkdown(answer, { cluster: name, url: permalink(request, name, answer) });
    return new Response(text, { headers: { ...HEADERS, "content-type": "text/markdown; charset=utf-8" } });
  });
}

const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function readFormat(request: Request): "md" | "json" | null {
  const format = new URL(request.url).searchParams.get("format");
  if (format === null || format === "") return null;
  if (format !== "md" && format !== "json") throw new ParameterError("format", "must be md or json");
  return format;
}

function toFile(answer: TriageAnswer, cluster: string): Response {
  const file = `${cluster}-triage.json`.replace(/[^a-zA-Z0-9._-]/g, "_");
  const disposition = `attachment; filename="${file}"`;
  return Response.json(answer, { headers: { ...HEADERS, "content-disposition": disposition } });
}

/** The page with the same window and calm time, whenever it is opened. */
function permalink(request: Request, cluster: string, { window, calm }: TriageAnswer): string {
  const url = new URL(`/clusters/${encodeURIComponent(cluster)}/triage`, `http://${request.headers.get("host")}`);
  const proto = request.headers.get("x-forwarded-proto");
  if (proto === "https") url.protocol = "https:";
  const times = { from: window.from, to: window.to, baselineFrom: calm.from, baselineTo: calm.to };
  for (const [field, instant] of Object.entries(times)) url.searchParams.set(field, instant);
  return url.href;
}
