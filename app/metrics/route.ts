import { respond } from "@/app/api/respond";
import { readMetricsConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { EXPOSITION_TYPE, formatExposition } from "@/lib/model/prometheus-exposition";
import { readExport } from "@/lib/queries/export-metrics";
import packageFile from "../../package.json";

export const dynamic = "force-dynamic";

/** What etcdscope knows of every cluster, for Prometheus. */
export function GET(request: Request): Promise<Response> {
  return respond(request, async () => {
    const { prefixes } = readMetricsConfig();
    const question = { nowMs: Date.now(), prefixes, version: packageFile.version };
    const page = formatExposition(await readExport(webDb(), question));
    return new Response(page, { headers: { "content-type": EXPOSITION_TYPE, "cache-control": "no-store" } });
  });
}
