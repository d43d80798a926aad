import type { PrefixClient } from "@/lib/api/clients";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import type { TrafficSource } from "@/lib/model/traffic";
import type { ReadCell } from "@/lib/queries/traffic-reading";

/** How a kind of request belongs to a prefix. */
export interface Fit {
  confidence: PrefixClient["confidence"];
  why: string;
}

/** What a prefix is in the words of those who call. */
export interface PrefixTarget {
  /** Audit events can speak of it. */
  isKubernetes: boolean;
  /** Whether a kind of request writes or reads below the prefix, and how sure that is; null: it does not. */
  fit(cell: ReadCell, how: { source: TrafficSource; deed: "writes" | "reads" }): Fit | null;
}

const WRITES = new Set(["create", "update", "patch", "delete", "deletecollection", "put", "delete-range", "txn"]);
const READS = new Set(["get", "list", "watch", "range"]);
/** Requests to these parts of an object leave no trace in etcd. */
const FLEETING = new Set(["log", "exec", "attach", "portforward", "proxy", "token"]);
/** Never stored: each is an answer to a question. */
const NOT_STORED =
  /^(subjectaccessreviews|selfsubjectaccessreviews|selfsubjectrulesreviews|localsubjectaccessreviews|tokenreviews|selfsubjectreviews)\./;
/** Both kinds of Event lie under one prefix. */
const ONE_PREFIX = new Map([["events.events.k8s.io", "events"]]);

/** The target of a prefix, in its text form. */
export function toPrefixTarget(text: string): PrefixTarget {
  const whole = text.endsWith("/") ? text : `${text}/`;
  const place = toKubernetesPlace(text) ?? (text === "" ? null : toKubernetesPlace(whole));
  const group = toGroup(text);
  const isKubernetes = text === "" || place !== null;
  const wanted = {
    resource: place?.resource ?? null,
    namespace: place?.namespace ?? null,
    group,
    // A key, or what is no whole directory, is only a part of its resource and namespace.
    isPart: place?.name != null || (!text.endsWith("/") && text !== ""),
    isThing: place !== null && place.resource === null && group === null && !isRoot(text),
    text,
  };
  return { isKubernetes, fit: (cell, how) => fitCell(cell, wanted, how) };
}

interface Wanted {
  resource: string | null;
  namespace: string | null;
  /** `/registry/argoproj.io/` holds all resources of a group. */
  group: string | null;
  isPart: boolean;
  /** Directories of the apiserver's own, of which nobody calls by name. */
  isThing: boolean;
  text: string;
}

function fitCell(
  { identity, isFolded, origin }: ReadCell,
  wanted: Wanted,
  { source, deed }: { source: TrafficSource; deed: "writes" | "reads" },
): Fit | null {
  const { verb, resource, namespace, code } = identity;
  if (verb === null || resource === null || !(deed === "writes" ? WRITES : READS).has(verb)) return null;
  if (deed === "writes" && code !== null && code >= 400) return null; // refused: nothing was written
  if (wanted.isThing) return null;
  const [base = "", subresource = ""] = resource.split("/");
  if (source === "audit") {
    if (resource.startsWith("/") || FLEETING.has(subresource) || NOT_STORED.test(base)) return null;
    return fitAudit({ base: ONE_PREFIX.get(base) ?? base, namespace, isFolded }, wanted);
  }
  return fitLog({ resource, namespace, isEstimated: origin === "estimated" }, wanted);
}

function fitAudit(
  { base, namespace, isFolded }: { base: string; namespace: string | null; isFolded: boolean },
  wanted: Wanted,
): Fit | null {
  if (wanted.resource === null) {
    if (wanted.group !== null && !base.endsWith(`.${wanted.group}`)) return null;
    return { confidence: "medium", why: "The prefix holds several resources; audit events name each of them." };
  }
  if (base !== wanted.resource) return null;
  if (wanted.namespace === null) {
    if (wanted.isPart) return { confidence: "medium", why: PART };
    return { confidence: "high", why: `Audit events name ${base}, and this prefix is all of them.` };
  }
  if (namespace === wanted.namespace) {
    if (wanted.isPart) return { confidence: "medium", why: PART };
    return { confidence: "high", why: `Audit events name ${base} in namespace ${namespace}.` };
  }
  if (namespace === "") {
    return { confidence: "medium", why: `Audit events name ${base} of all namespaces; this one is among them.` };
  }
  if (namespace === null && isFolded) {
    return { confidence: "low", why: `Audit events name ${base}; for want of room the namespace was not kept.` };
  }
  return null;
}

const PART = "Audit events name the resource and the namespace, not the single key.";

function fitLog(
  { resource, namespace, isEstimated }: { resource: string; namespace: string | null; isEstimated: boolean },
  wanted: Wanted,
): Fit | null {
  const share = isEstimated ? " The number is scaled up from a sample of lines." : " The log holds a sample of lines.";
  if (wanted.resource !== null) {
    if (resource !== wanted.resource) return null;
    if (wanted.namespace !== null && namespace !== wanted.namespace && namespace !== "") return null;
    return { confidence: "medium", why: `Lines of etcd's log name the keys of ${resource}.${share}` };
  }
  if (wanted.text === "" || resource.startsWith(wanted.text)) {
    return { confidence: "medium", why: `Lines of etcd's log name keys below this prefix.${share}` };
  }
  if (resource.endsWith("/") && wanted.text.startsWith(resource)) {
    return {
      confidence: "low",
      why: `Lines of etcd's log name keys below ${resource}, of which this is a part.${share}`,
    };
  }
  return null;
}

function toGroup(text: string): string | null {
  return /^\/(?:registry|kubernetes\.io|openshift\.io)\/([^/]+\.[^/]+)\/$/.exec(text)?.[1] ?? null;
}

function isRoot(text: string): boolean {
  return /^\/(registry|kubernetes\.io|openshift\.io)\/$/.test(text);
}
