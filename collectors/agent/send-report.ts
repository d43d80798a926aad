import type { ConnectionsReport } from "@/lib/model/connections-report";

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_CHARACTERS = 500;

/** Where reports go. */
export interface Receiver {
  /** etcdscope's own address, such as `http://127.0.0.1:3000`. */
  url: string;
  cluster: string;
  token: string;
}

/** How a report fared. `retryAfterMs`: as the server asked for. */
export type Delivery = { isTaken: true } | { isTaken: false; reason: string; retryAfterMs: number | null };

/** Sends a report. Does not throw: what goes wrong is said in one sentence. */
export async function sendReport(
  { url, cluster, token }: Receiver,
  report: ConnectionsReport,
  signal: AbortSignal,
): Promise<Delivery> {
  const target = new URL(`/api/v1/ingest/${encodeURIComponent(cluster)}/connections`, url);
  try {
    const response = await fetch(target, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(report),
      redirect: "error", // the token is for this address only
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await readStart(response);
    if (response.ok) return { isTaken: true };
    return { isTaken: false, reason: toReason(response.status, text), retryAfterMs: toRetryMs(response.headers) };
  } catch (error) {
    return { isTaken: false, reason: `${target.origin} cannot be reached: ${describe(error)}.`, retryAfterMs: null };
  }
}

/** As much of an answer as a sentence needs; the rest, however long, is not read. */
async function readStart(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_CHARACTERS * 4) break;
  }
  return text;
}

function toReason(status: number, text: string): string {
  const problem = parseProblem(text);
  if (problem === null) return `The server answers with status ${status}.`;
  return `The server answers with status ${status}: ${problem}`.slice(0, MAX_ANSWER_CHARACTERS);
}

function parseProblem(text: string): string | null {
  try {
    const { detail, remedy } = JSON.parse(text) as { detail?: unknown; remedy?: unknown };
    return typeof detail === "string" ? [detail, typeof remedy === "string" ? remedy : ""].join(" ").trim() : null;
  } catch {
    return null;
  }
}

function toRetryMs(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return "the connection failed";
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1_000} s`;
  const cause = error.cause instanceof AggregateError ? error.cause.errors[0] : error.cause;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause ? String(cause.code) : cause.message;
}
