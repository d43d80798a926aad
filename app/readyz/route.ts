import { problemResponse } from "@/app/api/problem-response";
import { respond } from "@/app/api/respond";
import { webDb } from "@/lib/db/web-db";
import { isWorkerAlive } from "@/lib/queries/worker-life";

export const dynamic = "force-dynamic";

const WORKER_SILENT_MS = 5_000;

/** 200 once web, Postgres and worker are up; else 503, naming what is missing. */
export function GET(request: Request): Promise<Response> {
  return respond(request, async () => {
    if (await isWorkerAlive(webDb(), WORKER_SILENT_MS)) return { status: "ready" };
    return problemResponse({
      type: "about:blank",
      title: "Not ready",
      status: 503,
      detail: `The worker has given no sign of life for ${WORKER_SILENT_MS / 1_000} s; web and Postgres are up.`,
      remedy: "It may be starting. If it lasts, the worker's log says why it ended.",
    });
  });
}
