import type { Labels } from "@/collectors/metrics/family";

/**
 * Group and resource as labels of their own, whatever the version has: both, `resource="deployments.apps"`,
 * `type="deployments.apps"` (or a Go type, `*core.Pod`, which stays as it is), or `resource_prefix="/apps/deployments"`.
 */
export function toGroupResource(labels: Labels): Labels {
  if (labels.has("group")) return labels;
  const prefix = labels.get("resource_prefix");
  if (prefix !== undefined) return withResource(labels, splitPrefix(prefix));
  const resource = labels.get("resource") ?? labels.get("type");
  return resource === undefined ? labels : withResource(labels, splitName(resource));
}

/** Labels that were written in camel case before Kubernetes 1.20 or so, as they are written since. */
export function toNewLabels(labels: Labels): Labels {
  const named = new Map(labels);
  for (const [old, name] of RENAMED) {
    const value = labels.get(old);
    if (value !== undefined && !labels.has(name)) named.set(name, value);
  }
  return named;
}

const RENAMED = [
  ["flowSchema", "flow_schema"],
  ["priorityLevel", "priority_level"],
  ["requestKind", "request_kind"],
  ["gitVersion", "git_version"],
] as const;

interface GroupResource {
  group: string;
  resource: string;
}

function withResource(labels: Labels, { group, resource }: GroupResource): Labels {
  return new Map([...labels, ["group", group], ["resource", resource]]);
}

function splitName(name: string): GroupResource {
  const dot = name.startsWith("*") ? -1 : name.indexOf(".");
  return dot === -1 ? { group: "", resource: name } : { group: name.slice(dot + 1), resource: name.slice(0, dot) };
}

function splitPrefix(prefix: string): GroupResource {
  const path = prefix.replace(/^\//, "");
  const slash = path.indexOf("/");
  return slash === -1
    ? { group: "", resource: path }
    : { group: path.slice(0, slash), resource: path.slice(slash + 1) };
}
