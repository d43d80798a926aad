import { setTimeout as sleep } from "node:timers/promises";
import { admit } from "@/app/api/ingest/admit";
import { BatchBuilder } from "@/app/api/ingest/batch-builder";
import { IngestProblem, isIngestProblem, tooLarge } from "@/app/api/ingest/ingest-problem";
import { intake } from "@/app/api/ingest/intake";
import { MAX_HELD_REFUSALS, MAX_ITEM_BYTES, REFUSAL_DELAY_MS, RETRY_AFTER_SECONDS } from "@/app/api/ingest/limits";
import { auditReader, etcdLogReader } from "@/app/api/ingest/readers";
import { unpackBody } from "@/app/api/ingest/unpack-body";
import { problemResponse } from "@/app/api/problem-response";
import { INTERNAL_PROBLEM, toProblem } from "@/app/api/problems";
import type { ClusterRoute } from "@/app/api/route-cluster";
import { ConnectionsReport, type IngestAnswer } from "@/lib/api/sources";
import { webDb } from "@/lib/db/web-db";
import { log } from "@/lib/log";
import { encodeConnectionsReport } from "@/lib/model/connections-report";
import type { EncodedIngestBatch } from "@/lib/model/ingest-batch";
import { keepBatches } from "@/lib/queries/ingest-writes";

type Source = "audit" | "etcd-log" | "connections";

/** What a request cost, known when it is over. */
interface Cost {
  events: number;
  bytes: number;
}

/**
 * Takes what a sender sends of a cluster: checks the token, reads the body piece by piece in the cluster's turns, reduces
 * it to what is counted and keeps that. The answer is given when it is kept; before, nothing of the request is.
 */
export async function answerIngest(request: Request, route: ClusterRoute, source: Source): Promise<Response> {
  try {
    const { clusterId } = await admit(request, route, source);
    const { limits, inbox } = intake();
    await inbox.check(clusterId);
    limits.enter(clusterId);
    const cost: Cost = { events: 0, bytes: 0 };
    try {
      const answer = await take(request, clusterId, source, cost);
      return Response.json(answer, { headers: { "cache-control": "no-store" } });
    } finally {
      limits.leave(clusterId, cost);
    }
  } catch (error) {
    if (isIngestProblem(error) && error.problem.status === 429) await holdBack();
    return toResponse(request, error);
  }
}

let heldRefusals = 0;

/** What is refused costs little but not nothing: a flood of it must not come as fast as it can be answered. */
async function holdBack(): Promise<void> {
  if (heldRefusals >= MAX_HELD_REFUSALS) return;
  heldRefusals++;
  await sleep(REFUSAL_DELAY_MS);
  heldRefusals--;
}

function take(request: Request, clusterId: number, source: Source, cost: Cost): Promise<IngestAnswer> {
  return source === "connections" ? takeReport(request, clusterId, cost) : takeEvents(request, clusterId, source, cost);
}

async function takeEvents(
  request: Request,
  clusterId: number,
  source: "audit" | "etcd-log",
  cost: Cost,
): Promise<IngestAnswer> {
  const batch = new BatchBuilder();
  const reader = source === "audit" ? auditReader(batch) : etcdLogReader(batch);
  const { parsing } = intake();
  for await (const chunk of unpackBody(request)) {
    cost.bytes += chunk.length;
    await parsing.run(clusterId, () => reader.push(chunk));
    cost.events = batch.accepted + batch.refused;
  }
  const packed = await parsing.run(clusterId, () => {
    reader.finish();
    return batch.finish();
  });
  await keep(clusterId, source, packed);
  if (batch.understood === 0 && (batch.refused > 0 || cost.bytes === 0)) throw notJson(source);
  return { accepted: batch.accepted, refused: batch.refused };
}

async function takeReport(request: Request, clusterId: number, cost: Cost): Promise<IngestAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of unpackBody(request)) {
    cost.bytes += chunk.length;
    if (cost.bytes > MAX_ITEM_BYTES) throw tooLarge("report", MAX_ITEM_BYTES);
    chunks.push(chunk);
  }
  cost.events = 1;
  const report = parseReport(Buffer.concat(chunks).toString("utf8"));
  await keep(clusterId, "connections", [encodeConnectionsReport(report)]);
  return { accepted: 1, refused: 0 };
}

function parseReport(text: string): ConnectionsReport {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw notJson("connections");
  }
  const report = ConnectionsReport.safeParse(parsed);
  if (report.success) return report.data;
  const issue = report.error.issues[0];
  throw new IngestProblem(400, "Not a connections report", {
    detail: `${issue?.path.join(".") || "body"}: ${issue?.message ?? "not valid"}`,
    remedy: "`etcdscope agent` sends what is taken here; /api/v1/openapi.json has its form.",
  });
}

function keep(clusterId: number, source: Source, packed: readonly EncodedIngestBatch[]): Promise<void> {
  return intake().writing.run(clusterId, () => keepBatches(webDb(), clusterId, source, packed));
}

function notJson(source: Source): IngestProblem {
  const remedies: Record<Source, string> = {
    audit: "Send audit.k8s.io/v1 events as kube-apiserver's audit webhook does, or its log's lines.",
    "etcd-log": "Send the lines of etcd's log as they are; etcd writes JSON with --logger=zap.",
    connections: "`etcdscope agent` sends what is taken here.",
  };
  return new IngestProblem(400, "Not JSON", { detail: "There is no JSON in the body.", remedy: remedies[source] });
}

function toResponse(request: Request, error: unknown): Response {
  if (isIngestProblem(error)) return withHeaders(problemResponse(error.problem), error.headers);
  const problem = toProblem(error);
  const path = new URL(request.url).pathname;
  if (problem === null) log.error({ err: error, path }, "a batch could not be taken");
  else if (problem.status >= 500) log.warn({ err: error, path }, problem.detail);
  const isAway = problem?.status === 503;
  return withHeaders(
    problemResponse(problem ?? INTERNAL_PROBLEM),
    isAway ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {},
  );
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
