/** How long a capture may last, in seconds. */
export const CAPTURE_SECONDS = { min: 10, max: 300 } as const;

/** So long events of the session's time are taken after its end: senders gather, and are late. */
export const LATE_REQUESTS_MS = 90_000;

/**
 * What a capture came to, as its list shows it. Exact over its revisions, also where it ended early: then these are
 * fewer.
 */
export interface CaptureSummary {
  /** The session is all writes of these revisions, both included; `lastRevision` is one less when nothing was written. */
  firstRevision: number;
  lastRevision: number;
  puts: number;
  deletes: number;
  writtenBytes: number;
  /** Different keys; exact up to 2,200,000, beyond that at least so many. */
  keys: number;
  revisions: number;
  /** The most events in one revision: the largest transaction that wrote. */
  largestRevisionEvents: number;
  /** The length of a value, without its key. */
  largestPutBytes: number;
  /** Requests of audit events and of etcd's log that came for the time; null: no such source. */
  requests: number | null;
  /**
   * It ended before its time, because the watch could not go on or the worker stopped, or etcd did not confirm its end.
   * A watch that was resumed where it broke has missed nothing and interrupts nothing.
   */
  isInterrupted: boolean;
}

/** A key and what was written to it in the session. Keys are base64. */
export interface CapturedKey {
  keyBase64: string;
  puts: number;
  deletes: number;
  writtenBytes: number;
  largestPutBytes: number;
}

/** A prefix of the tree and what was written below it. */
export interface CapturedPrefix {
  prefixBase64: string;
  puts: number;
  deletes: number;
  writtenBytes: number;
  keys: number;
}

/** Requests that were reported for the session, by who and what. */
export interface CapturedRequests {
  source: "audit" | "etcd-log";
  verb: string | null;
  resource: string | null;
  namespace: string | null;
  user: string | null;
  userAgent: string | null;
  sourceAddress: string | null;
  requests: number;
  responseBytes: number | null;
  latencyP99Ms: number | null;
  /** What is beyond the groups that are kept apart, together: its nulls are all values. */
  isRest?: boolean;
}

/** The report of a capture: exact counts, the heaviest first. */
export interface CaptureReport {
  summary: CaptureSummary;
  /** Every key written, up to a bound; what is beyond it stands in `otherKeys`. */
  keys: CapturedKey[];
  otherKeys: Omit<CapturedKey, "keyBase64" | "largestPutBytes"> & { keys: number };
  prefixes: CapturedPrefix[];
  /** Of each second of the session, by when the watch told them; as many seconds as it lasted. */
  perSecond: { puts: number[]; deletes: number[]; writtenBytes: number[] };
  requests: CapturedRequests[];
}
