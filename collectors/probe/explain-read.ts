import { setTimeout as sleep } from "node:timers/promises";
import { EtcdError, isTooLate } from "@/collectors/etcd/errors";
import { explainFailure } from "@/collectors/etcd/explain";
import { OtherMemberError } from "@/collectors/members/member-ways";
import { PROBE_KEY } from "@/lib/model/probe-slots";
import type { ClusterAccess } from "@/lib/model/questions";

/** An explanation may ask the endpoint questions of its own; the slot does not wait longer for it. */
const PATIENCE_MS = 400;
const LONGEST_TEXT = 300;

export const REFUSED_REASON = `The user may not read ${PROBE_KEY} (permission denied).`;
export const REFUSED_REMEDY =
  'Grant it: etcdctl role grant-permission ROLE --prefix=true read "", which all other figures need as well.';

export interface FailedRead {
  access: ClusterAccess;
  deadlineMs: number;
  /** `a linearizable read`, `Status`. */
  what: string;
}

/** Why a read failed, in plain words, within half a second. Never throws. */
export async function explainRead(error: unknown, { access, deadlineMs, what }: FailedRead): Promise<string> {
  if (error instanceof OtherMemberError) return `${error.message}.`;
  if (isTooLate(error)) return cut(`${endpointOf(error)} did not answer ${what} within ${toSeconds(deadlineMs)} s.`);
  const explained = explainFailure(error, { endpoint: access.endpoints.join(", "), access });
  const inTime = await Promise.race([explained, sleep(PATIENCE_MS, null, { ref: false })]);
  return cut(inTime?.reason ?? `${endpointOf(error)} could not be asked for ${what}: ${causeOf(error)}.`);
}

function endpointOf(error: unknown): string {
  return error instanceof EtcdError ? error.endpoint : "The member";
}

function causeOf(error: unknown): string {
  if (error instanceof EtcdError) return error.details;
  return error instanceof Error ? error.message : String(error);
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(1).replace(/\.0$/, "");
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
