import { cleanText } from "@/lib/model/clean-text";
import { parseGoDurationMicros } from "@/lib/model/go-duration";
import type { IngestFaultName } from "@/lib/model/ingest-faults";
import { parseTimestampMicros } from "@/lib/model/timestamp";
import type { TrafficEvent } from "@/lib/model/traffic";

/** Texts of an event are cut to so many characters. */
export const MAX_TEXT_CHARACTERS = 256;
const MAX_ID_CHARACTERS = 256;
const MAX_URI_CHARACTERS = 16_384;

/** What is left of an audit event. */
export type ReducedAuditEvent =
  | { event: TrafficEvent; id: string; isTruncated: boolean }
  | { skip: "not-finished" }
  | { fault: IngestFaultName };

/**
 * One event of audit.k8s.io/v1, as parsed from JSON, reduced to what is counted. A request is counted by its last stage
 * alone; the earlier ones are skipped. `user` is who was authenticated, also where that user impersonated another.
 * `id` is the audit id with the time of the stage: a client may choose the audit id, and could hide behind one.
 */
export function reduceAuditEvent(parsed: unknown): ReducedAuditEvent {
  if (!isRecord(parsed) || (parsed.kind !== undefined && parsed.kind !== "Event")) return { fault: "not-an-event" };
  const { auditID, stage, verb, stageTimestamp } = parsed;
  if (typeof auditID !== "string" || auditID === "" || typeof stage !== "string" || typeof verb !== "string") {
    return { fault: "not-an-event" };
  }
  if (stage === "RequestReceived" || stage === "ResponseStarted") return { skip: "not-finished" };
  if (stage !== "ResponseComplete" && stage !== "Panic") return { fault: "not-an-event" };
  const endMicros = parseTimestampMicros(stageTimestamp);
  if (endMicros === null) return { fault: "bad-time" };
  const annotations = isRecord(parsed.annotations) ? parsed.annotations : {};
  return {
    event: toTrafficEvent(parsed, annotations, endMicros),
    id: `${auditID.slice(0, MAX_ID_CHARACTERS)} ${endMicros}`,
    isTruncated: annotations["audit.k8s.io/truncated"] === "true",
  };
}

type Json = Record<string, unknown>;

function toTrafficEvent(parsed: Json, annotations: Json, endMicros: number): TrafficEvent {
  const reference = isRecord(parsed.objectRef) ? parsed.objectRef : null;
  const uri = typeof parsed.requestURI === "string" ? parsed.requestURI.slice(0, MAX_URI_CHARACTERS) : "";
  const verb = cleanText(parsed.verb, MAX_TEXT_CHARACTERS);
  const subresource = typeof reference?.subresource === "string" ? reference.subresource : "";
  return {
    atMs: Math.floor(endMicros / 1_000),
    verb,
    resource: toResource(reference, subresource) ?? toPath(uri),
    namespace: cleanText(reference?.namespace, MAX_TEXT_CHARACTERS) ?? "",
    user: isRecord(parsed.user) ? cleanText(parsed.user.username, MAX_TEXT_CHARACTERS) : null,
    userAgent: cleanText(parsed.userAgent, MAX_TEXT_CHARACTERS),
    sourceAddress: Array.isArray(parsed.sourceIPs) ? cleanText(parsed.sourceIPs[0], MAX_TEXT_CHARACTERS) : null,
    code: toCode(parsed.responseStatus),
    durationMicros: isLongRunning(verb, subresource) ? null : toDuration(parsed, endMicros),
    responseBytes: null, // no level of audit tells it
    ...toShares(annotations),
    ...toListTraits(verb, uri, reference),
  };
}

/** As kubectl writes it: `replicasets.apps/status`. Null for a path that is no resource. */
function toResource(reference: Json | null, subresource: string): string | null {
  if (typeof reference?.resource !== "string" || reference.resource === "") return null;
  const group = typeof reference.apiGroup === "string" && reference.apiGroup !== "" ? `.${reference.apiGroup}` : "";
  const below = subresource === "" ? "" : `/${subresource}`;
  return cleanText(`${reference.resource}${group}${below}`, MAX_TEXT_CHARACTERS);
}

/** The first two parts of a path: `/openapi/v3`, `/healthz`. */
function toPath(uri: string): string | null {
  const path = /^(\/[^/?#]*(?:\/[^/?#]+)?)/.exec(uri)?.[1];
  return cleanText(path, MAX_TEXT_CHARACTERS);
}

function toCode(status: unknown): number | null {
  const code = isRecord(status) ? status.code : null;
  return typeof code === "number" && Number.isInteger(code) && code >= 100 && code <= 999 ? code : null;
}

function toDuration(parsed: Json, endMicros: number): number | null {
  const startMicros = parseTimestampMicros(parsed.requestReceivedTimestamp);
  return startMicros === null || startMicros > endMicros ? null : endMicros - startMicros;
}

/** An apiserver that tells where the time of a slow request went leaves out what took none. */
function toShares(annotations: Json): Pick<TrafficEvent, "etcdMicros" | "queueMicros"> {
  const isTraced = typeof annotations["apiserver.latency.k8s.io/total"] === "string";
  const read = (name: string) => {
    const told = annotations[`apiserver.latency.k8s.io/${name}`];
    return told === undefined && isTraced ? 0 : parseGoDurationMicros(told);
  };
  return { etcdMicros: read("etcd"), queueMicros: read("apf-queue-wait") };
}

/** The requests an apiserver itself lets run for as long as the client likes. */
const LONG_RUNNING_VERBS = new Set(["watch", "watchlist", "proxy", "connect"]);
const LONG_RUNNING_SUBRESOURCES = new Set(["attach", "exec", "proxy", "log", "portforward"]);

function isLongRunning(verb: string | null, subresource: string): boolean {
  return LONG_RUNNING_VERBS.has(verb ?? "") || LONG_RUNNING_SUBRESOURCES.has(subresource);
}

type ListTraits = Pick<TrafficEvent, "isUnpaged" | "isUncached" | "isClusterWide">;
const NO_LIST: ListTraits = { isUnpaged: false, isUncached: false, isClusterWide: false };

function toListTraits(verb: string | null, uri: string, reference: Json | null): ListTraits {
  if (verb !== "list") return NO_LIST;
  const start = uri.indexOf("?");
  const query = new URLSearchParams(start < 0 ? "" : uri.slice(start + 1));
  const limit = query.get("limit") ?? "";
  return {
    isUnpaged: (limit === "" || limit === "0") && (query.get("continue") ?? "") === "",
    isUncached: (query.get("resourceVersion") ?? "") === "",
    isClusterWide: typeof reference?.namespace !== "string" || reference.namespace === "",
  };
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
