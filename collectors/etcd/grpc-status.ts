import type { IncomingHttpHeaders } from "node:http2";

/** The status codes of gRPC that etcd and the way to it answer with. Source: grpc.io, "Status codes and their use". */
export const status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

const NAMES = new Map<number, string>(Object.entries(status).map(([name, code]) => [code, name]));

/** The name of a status code, for messages. */
export function statusName(code: number): string {
  return NAMES.get(code) ?? String(code);
}

/** How a call ended. */
export interface CallStatus {
  code: number;
  details: string;
}

/** What answers the call in place of a gRPC server; null when it is one. */
export function httpFault(headers: IncomingHttpHeaders & { ":status"?: number }): CallStatus | null {
  const httpStatus = headers[":status"];
  if (httpStatus !== 200) {
    return { code: codeOfHttp(httpStatus), details: `Received HTTP status code ${httpStatus}` };
  }
  const type = headers["content-type"] ?? "none";
  if (type.startsWith("application/grpc")) return null;
  return { code: status.UNKNOWN, details: `Received content type ${type}` };
}

/** The status in headers or trailers; null when they have none. */
export function statusOf(headers: IncomingHttpHeaders): CallStatus | null {
  const code = headers["grpc-status"];
  if (code === undefined) return null;
  return { code: Number(code), details: decodeDetails(String(headers["grpc-message"] ?? "")) };
}

function codeOfHttp(httpStatus: number | undefined): number {
  switch (httpStatus) {
    case 401:
      return status.UNAUTHENTICATED;
    case 403:
      return status.PERMISSION_DENIED;
    case 404:
      return status.UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
      return status.UNAVAILABLE;
    default:
      return status.UNKNOWN;
  }
}

function decodeDetails(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
