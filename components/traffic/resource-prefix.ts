import type { PrefixSearchAnswer } from "@/lib/api/prefixes";
import { toKubernetesPlace } from "@/lib/model/kubernetes";

/** Directories whose name is not the resource's. */
const DIRECTORIES: Record<string, string> = {
  nodes: "minions",
  services: "services/specs",
  endpoints: "services/endpoints",
  replicationcontrollers: "controllers",
  "events.events.k8s.io": "events",
};

/** What to search the keyspace's prefixes for, to find where a resource lies. Null: it lies nowhere (a path). */
export function resourceNeedle(resource: string): string | null {
  const whole = toWhole(resource);
  if (whole === "" || resource.startsWith("/")) return null;
  if (Object.hasOwn(DIRECTORIES, whole)) return `/${DIRECTORIES[whole]}/`;
  return `/${whole.split(".")[0]}/`;
}

/** The prefix of a resource among those that were found; null when none is. Of etcd's own log it is the prefix itself. */
export function findResourcePrefix(resource: string, found: PrefixSearchAnswer["items"]): string | null {
  const whole = toWhole(resource);
  const named = whole === "events.events.k8s.io" ? "events" : whole;
  const match = found.find(({ prefix }) => {
    const place = toKubernetesPlace(prefix);
    return place?.resource === named && place.namespace === null && place.name === null;
  });
  return match?.prefix ?? null;
}

/** A subresource lies where its resource does. */
function toWhole(resource: string): string {
  return resource.split("/")[0] ?? "";
}
