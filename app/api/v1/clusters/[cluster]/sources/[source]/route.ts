import { intake } from "@/app/api/ingest/intake";
import { parseBody, respond } from "@/app/api/respond";
import { readRouteCluster } from "@/app/api/route-cluster";
import { SourceInput } from "@/lib/api/sources";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { SOURCE_NAMES, type SourceName } from "@/lib/model/sources";
import { ParameterError } from "@/lib/queries/errors";
import { changeSource } from "@/lib/queries/sources";

/** Sets a source of a cluster; answers its row. */
export function PATCH(
  request: Request,
  route: { params: Promise<{ cluster: string; source: string }> },
): Promise<Response> {
  return respond(request, async () => {
    const input = await parseBody(request, SourceInput);
    const row = await readRouteCluster(route);
    const source = parseSource((await route.params).source);
    const { secretKey } = readWebConfig();
    const changed = await changeSource(webDb(), row, source, { input, secretKey, nowMs: Date.now() });
    intake().tokens.forget(); // what is switched off is remembered with the tokens
    return changed;
  });
}

function parseSource(text: string): SourceName {
  const source = SOURCE_NAMES.find((name) => name === text);
  if (source === undefined) throw new ParameterError("source", `must be one of ${SOURCE_NAMES.join(", ")}`);
  return source;
}
