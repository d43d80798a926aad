import type { Problem } from "@/lib/api/common";
import {
  ConflictError,
  ParameterError,
  UnknownCaptureError,
  UnknownClusterError,
  UnknownSilenceError,
  UnknownTokenError,
  UnknownWebhookError,
  WorkerAbsentError,
  WorkerAnswerError,
} from "@/lib/queries/errors";

/** The problem document of an error; null when the error is our own mistake. */
export function toProblem(error: unknown): Problem | null {
  if (error instanceof ParameterError) {
    return { ...problem(400, "Wrong parameter", `${error.field}: ${error.message}`), field: error.field };
  }
  if (error instanceof UnknownClusterError) {
    return { ...problem(404, "No such cluster", error.message), remedy: error.remedy };
  }
  if (error instanceof UnknownCaptureError) {
    return { ...problem(404, "No such capture", error.message), remedy: error.remedy };
  }
  if (error instanceof UnknownTokenError) {
    return { ...problem(404, "No such token", error.message), remedy: error.remedy };
  }
  if (error instanceof UnknownWebhookError || error instanceof UnknownSilenceError) {
    const what = error instanceof UnknownWebhookError ? "webhook" : "silence";
    return { ...problem(404, `No such ${what}`, error.message), remedy: error.remedy };
  }
  if (error instanceof ConflictError) {
    const { remedy, field } = error;
    return { ...problem(409, "Not possible as things stand", error.message), remedy, field };
  }
  if (error instanceof WorkerAbsentError) {
    return { ...problem(503, "Worker does not answer", error.message), remedy: error.remedy };
  }
  if (error instanceof WorkerAnswerError) return problem(502, "The worker could not find out", error.message);
  if (isPostgresAway(error)) {
    return {
      ...problem(503, "Postgres does not answer", "The database cannot be reached at the moment."),
      remedy: "Wait a moment: etcdscope connects again by itself. If it lasts, see postgres.log in the data directory.",
    };
  }
  return null;
}

/** What the caller is told of our own mistakes; the log has the rest. */
export const INTERNAL_PROBLEM: Problem = {
  ...problem(500, "Internal error", "etcdscope could not answer because of a fault of its own."),
  remedy: "The log of the web process has the details; please report them.",
};

function problem(status: number, title: string, detail: string): Problem {
  return { type: "about:blank", title, status, detail };
}

// postgres.js's own names, the system's, and what Postgres says while it starts, stops or is full.
const AWAY_CODES = new Set([
  ...["CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EHOSTUNREACH", "ETIMEDOUT", "EPIPE", "ENOENT"],
  ...["57P01", "57P02", "57P03", "53300"],
]);

/** True when the database could not be asked at all. Queries wrap the driver's error, so causes are looked at too. */
export function isPostgresAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && AWAY_CODES.has(String(cause.code))) return true;
    if (cause instanceof AggregateError && cause.errors.some(isPostgresAway)) return true;
  }
  return false;
}
