import type { Random } from "@/lib/demo/random";

/** The keys of the demo that exist, by resource: what the workload picks its next victim from. */
export class KeyPool {
  readonly #byResource = new Map<string, string[]>();

  constructor(keys: Iterable<string>) {
    for (const key of keys) this.add(key);
  }

  add(key: string): void {
    const resource = resourceOf(key);
    const keys = this.#byResource.get(resource);
    if (keys) keys.push(key);
    else this.#byResource.set(resource, [key]);
  }

  /** All keys of a resource. Not to be changed. */
  of(resource: string): readonly string[] {
    return this.#byResource.get(resource) ?? [];
  }

  pick(resource: string, random: Random): string | null {
    const keys = this.of(resource);
    return keys.length === 0 ? null : random.pick(keys);
  }

  /** Takes out the keys of a resource that begin with `prefix`, and answers them. */
  takeAll(resource: string, prefix: string): string[] {
    const keys = this.of(resource);
    const taken = keys.filter((key) => key.startsWith(prefix));
    if (taken.length > 0)
      this.#byResource.set(
        resource,
        keys.filter((key) => !key.startsWith(prefix)),
      );
    return taken;
  }

  /** Takes out and answers the key that was added first. */
  takeOldest(resource: string): string | null {
    return this.#byResource.get(resource)?.shift() ?? null;
  }
}

/** `pods`, `events`, `services/specs`, `wgpolicyk8s.io/policyreports`. */
export function resourceOf(key: string): string {
  const parts = key.split("/");
  const isGrouped = parts.length > 4 && (parts[2]?.includes(".") || parts[2] === "services");
  return isGrouped ? `${parts[2]}/${parts[3]}` : (parts[2] ?? key);
}

/** The part of a key that says its namespace, where the resource has one. */
export function namespaceOf(key: string): string {
  return key.split("/").at(-2) ?? "default";
}
