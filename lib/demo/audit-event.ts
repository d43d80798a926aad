import { randomUUID } from "node:crypto";
import type { Actor } from "@/lib/demo/audit-actors";

/** What a request is about. `namespace` and `name` are empty where there is none. */
export interface AuditedObject {
  /** `apps`; empty for the core group. */
  group: string;
  version: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** A finished request. Instants are epoch milliseconds, with their fraction. */
export interface AuditedRequest {
  actor: Actor;
  verb: string;
  /** Null: a path that is no resource, which `path` then is. */
  object: AuditedObject | null;
  path?: string;
  query?: string;
  code: number;
  fromMs: number;
  toMs: number;
  annotations?: Record<string, string>;
}

const PHRASES: Record<number, { reason: string; message: string }> = {
  403: { reason: "Forbidden", message: "this user may not do that in this namespace" },
  409: {
    reason: "Conflict",
    message: "the object has been modified; please apply your changes to the latest version and try again",
  },
};

/** The event an apiserver logs of a request at level Metadata, once it is complete (audit.k8s.io/v1). */
export function toAuditEvent(request: AuditedRequest): object {
  const { actor, verb, object, code, fromMs, toMs } = request;
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: randomUUID(),
    stage: "ResponseComplete",
    requestURI: `${object === null ? request.path : pathOf(object)}${request.query ? `?${request.query}` : ""}`,
    verb,
    user: { username: actor.username, groups: actor.groups },
    sourceIPs: [actor.address],
    userAgent: actor.userAgent,
    ...(object !== null && { objectRef: toReference(object) }),
    responseStatus: toStatus(code),
    requestReceivedTimestamp: toMicroTime(fromMs),
    stageTimestamp: toMicroTime(toMs),
    annotations: {
      ...request.annotations,
      "authorization.k8s.io/decision": code === 403 ? "forbid" : "allow",
      "authorization.k8s.io/reason": "",
    },
  };
}

function pathOf({ group, version, resource, subresource, namespace, name }: AuditedObject): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const inside = namespace ? `/namespaces/${namespace}` : "";
  return [root + inside, resource, name, subresource].filter(Boolean).join("/");
}

function toReference({ group, version, resource, subresource, namespace, name }: AuditedObject): object {
  return {
    resource,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(group && { apiGroup: group }),
    apiVersion: version,
    ...(subresource && { subresource }),
  };
}

function toStatus(code: number): object {
  const phrase = PHRASES[code];
  return phrase === undefined ? { metadata: {}, code } : { metadata: {}, status: "Failure", ...phrase, code };
}

/** RFC 3339 with six digits of a second, as Kubernetes' MicroTime. */
function toMicroTime(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1_000);
  return new Date(whole).toISOString().replace("Z", `${String(micros).padStart(3, "0")}Z`);
}
