import { exportResponse, readExportFormat } from "@/app/api/export";
import { parseQuery, respond } from "@/app/api/respond";
import { readRouteCluster } from "@/app/api/route-cluster";
import { ALL_CAPTURED_KEYS, type CaptureAnswer, CapturedKeyItem, CaptureParams } from "@/lib/api/captures";
import { webDb } from "@/lib/db/web-db";
import { parseKeyText } from "@/lib/model/key-text";
import { readCapture, removeCapture } from "@/lib/queries/captures";

interface CaptureRoute {
  params: Promise<{ cluster: string; capture: string }>;
}

/** The report of an exact session. As a file: its keys as CSV, or all of it as JSON. */
export function GET(request: Request, route: CaptureRoute): Promise<Response> {
  return respond(request, async () => {
    const { id: clusterId, name } = await readRouteCluster(route);
    const params = parseQuery(request, CaptureParams);
    const format = readExportFormat(request);
    const { capture: id } = await route.params;
    const wanted = { ...(format === null ? params : ALL_CAPTURED_KEYS), id };
    const answer = await readCapture(webDb(), clusterId, wanted, Date.now());
    if (format === null) return answer;
    return toFile(format, `${name}-capture-${answer.askedAt}`, answer);
  });
}

/** Removes an exact session, or cancels it: 204. */
export function DELETE(request: Request, route: CaptureRoute): Promise<Response> {
  return respond(request, async () => {
    const { id } = await readRouteCluster(route);
    await removeCapture(webDb(), id, (await route.params).capture);
    return new Response(null, { status: 204 });
  });
}

function toFile(format: "csv" | "json", name: string, answer: CaptureAnswer): Response | Promise<Response> {
  if (format === "json") {
    const file = `${name.replace(/[^a-zA-Z0-9._-]/g, "_")}.json`;
    const disposition = `attachment; filename="${file}"`;
    return Response.json(answer, { headers: { "cache-control": "no-store", "content-disposition": disposition } });
  }
  // A file has the exact bytes of every key beside its text.
  const items = answer.items.map((item) => ({
    ...item,
    keyBase64: item.keyBase64 ?? parseKeyText(item.key).toString("base64"),
  }));
  const columns = CapturedKeyItem.keyof().options;
  return exportResponse("csv", { name, columns, readPage: async () => ({ items, nextCursor: null }) });
}
