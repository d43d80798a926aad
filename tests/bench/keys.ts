/** The keyspace of the bench: Kubernetes-like keys with values of about 1 KiB, every one a function of its number. */

const RESOURCES = [
  ...["pods", "pods", "pods", "pods", "events", "events", "events", "events", "events"],
  ...["configmaps", "configmaps", "secrets", "secrets", "replicasets", "replicasets", "endpointslices"],
  ...["leases", "services/endpoints", "apps.example.com/widgets", "wgpolicyk8s.io/policyreports"],
];
const NAMESPACES = 400;
const SERVICES = ["api", "web", "worker", "cache", "gateway", "scheduler", "ingest", "report", "auth", "proxy"];
const POOL = Buffer.alloc(256 * 1024, '"name":"value-0123456789","kind":"Example",');
const LARGEST_VALUE_BYTES = 64 * 1024;

/** The key of a number; each number below 2^32 has another. Neighbouring numbers are far apart in key order. */
export function keyAt(index: number): string {
  const mixed = mix(index);
  const resource = RESOURCES[index % RESOURCES.length] as string;
  const skewed = (mixed % 10_000) / 10_000;
  const namespace = Math.floor(skewed * skewed * NAMESPACES); // a few namespaces hold many keys
  const service = SERVICES[mixed % SERVICES.length] as string;
  const name = `${mixed.toString(36).padStart(7, "0")}`; // tells the numbers apart: mixing loses nothing
  return `/registry/${resource}/team-${namespace}-prod/${service}-${name.slice(0, 3)}-${name}`;
}

/** Bytes of the value: 300 to 1,700 at even odds, one in a thousand up to 64 KiB. */
export function valueBytesAt(index: number): number {
  const mixed = mix(index ^ 0x5bd1e995);
  if (mixed % 1_000 === 0) return Math.floor(((mixed >>> 10) / 2 ** 22) * LARGEST_VALUE_BYTES);
  return 300 + ((mixed >>> 10) % 1_400);
}

/** Filler of a length. Not to be changed. */
export function filler(bytes: number): Buffer {
  return POOL.subarray(0, bytes);
}

/** A mixing of 32 bits that can be undone, so no two numbers become one. */
function mix(index: number): number {
  let mixed = Math.imul(index ^ (index >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
