import { status, statusName } from "@/collectors/etcd/grpc-status";

/** A call that etcd, or the way to it, answered with an error. `details` is etcd's own text. */
export class EtcdError extends Error {
  override name = "EtcdError";
  /** The gRPC status code (`grpc-status.ts`). */
  readonly code: number;
  readonly details: string;
  readonly endpoint: string;
  readonly method: string;

  constructor(fault: { code: number; details: string; endpoint: string; method: string }) {
    super(`${fault.method} of ${fault.endpoint}: ${fault.details} (${statusName(fault.code)})`);
    this.code = fault.code;
    this.details = fault.details;
    this.endpoint = fault.endpoint;
    this.method = fault.method;
  }
}

/** The revision asked for is older than the last compaction. */
export function isCompacted(error: unknown): boolean {
  return error instanceof EtcdError && error.details.includes("required revision has been compacted");
}

/** The revision asked for is newer than what the member has applied, as on a lagging learner. */
export function isFutureRevision(error: unknown): boolean {
  return error instanceof EtcdError && error.details.includes("required revision is a future revision");
}

/** The user's roles do not allow the call. */
export function isPermissionDenied(error: unknown): boolean {
  return error instanceof EtcdError && error.details.includes("etcdserver: permission denied");
}

/** The token is of another member, has run out, or is older than the last change of users and roles. */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof EtcdError && isTokenRefusal(error.details);
}

/** `isTokenRefused` for the text of an error or of a watch's cancel reason. */
export function isTokenRefusal(details: string): boolean {
  return details.includes("invalid auth token") || details.includes("revision of auth store is old");
}

/** The call had no answer in its time. */
export function isTooLate(error: unknown): boolean {
  return error instanceof EtcdError && error.code === status.DEADLINE_EXCEEDED;
}

/** The answer was longer than this side takes. */
export function isTooLong(error: unknown): boolean {
  return (
    error instanceof EtcdError && error.code === status.RESOURCE_EXHAUSTED && error.details.includes("larger than max")
  );
}
