import type { Problem } from "@/lib/api/common";

/** Why a batch is not taken, as the sender is told. */
export class IngestProblem extends Error {
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    title: string,
    { detail, remedy, headers = {} }: { detail: string; remedy: string; headers?: Record<string, string> },
  ) {
    super(detail);
    this.name = "IngestProblem";
    this.problem = { type: "about:blank", title, status, detail, remedy };
    this.headers = headers;
  }
}

/** True for an `IngestProblem`, also one of another copy of this module: what a process shares may be of any copy. */
export function isIngestProblem(error: unknown): error is IngestProblem {
  return error instanceof Error && error.name === "IngestProblem";
}

/** 413: the body is larger than `limit`. */
export function tooLarge(what: string, limitBytes: number): IngestProblem {
  return new IngestProblem(413, "Too large", {
    detail: `The ${what} is larger than ${limitBytes / 1024 / 1024} MiB.`,
    remedy: "Send smaller batches: kube-apiserver's --audit-webhook-batch-max-size sets how many events are in one.",
  });
}

/** 429: to be sent again later. */
export function tooMuch(detail: string, retryAfterSeconds: number): IngestProblem {
  return new IngestProblem(429, "Too much at once", {
    detail,
    remedy: "Keep the batch and send it again after the time in the Retry-After header.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}
