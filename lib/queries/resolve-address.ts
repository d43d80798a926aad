import { and, eq, inArray, like } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { trafficCell } from "@/lib/db/schema-sources";
import { askWorker } from "@/lib/queries/ask-worker";
import { WorkerAbsentError, WorkerAnswerError } from "@/lib/queries/errors";

/** Keys whose last part is an address, and what holds that address. */
const CARRIERS = [
  { prefix: "/registry/masterleases/", words: () => "kube-apiserver" },
  { prefix: "/registry/ipaddresses/", words: (address: string) => `service address ${address}` },
] as const;

const NODE_USER = "system:node:";
const SERVICE_ACCOUNT_USER = "system:serviceaccount:";
const TIMEOUT_MS = 1_500;
const MAX_KEYS = 1_000;
/** Addresses change seldom, and asking costs a question. */
const KEPT_MS = 60_000;

/** What a user's own name says: "node ip-10-20-1-18", "service account shop/cart"; null: nothing. */
export function resolveUser(user: string | null): string | null {
  if (user === null) return null;
  if (user.startsWith(NODE_USER)) return `node ${user.slice(NODE_USER.length)}`;
  if (!user.startsWith(SERVICE_ACCOUNT_USER)) return null;
  const [namespace, name, ...rest] = user.slice(SERVICE_ACCOUNT_USER.length).split(":");
  return namespace && name && rest.length === 0 ? `service account ${namespace}/${name}` : null;
}

/**
 * What is at these addresses, as far as it is told: by keys that carry an address, and by the one kubelet that calls from
 * there. Of an address from which several nodes call (a proxy, a simulation) nothing is said. Without a worker the keys
 * cannot be asked for, and only kubelets tell.
 */
export async function readAddressNames(
  db: Db,
  clusterId: number,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(addresses)];
  if (wanted.length === 0) return new Map();
  const names = await readNodeAddresses(db, clusterId, wanted);
  const carried = await readCarriedAddresses(db, clusterId);
  for (const address of wanted) {
    const words = carried.get(address);
    if (words !== undefined) names.set(address, words);
  }
  return names;
}

/** Addresses from which exactly one kubelet calls. */
async function readNodeAddresses(
  db: Db,
  clusterId: number,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectDistinct({ address: trafficCell.sourceAddress, user: trafficCell.user })
    .from(trafficCell)
    .where(
      and(
        eq(trafficCell.clusterId, clusterId),
        inArray(trafficCell.sourceAddress, [...addresses]),
        like(trafficCell.user, `${NODE_USER}%`),
      ),
    );
  const names = new Map<string, string>();
  const shared = new Set<string>();
  for (const { address, user } of rows) {
    const name = resolveUser(user);
    if (address === null || name === null) continue;
    if (names.has(address)) shared.add(address);
    names.set(address, name);
  }
  for (const address of shared) names.delete(address);
  return names;
}

interface Carried {
  readAtMs: number;
  names: Promise<Map<string, string>>;
}
const kept = new WeakMap<Db, Map<number, Carried>>();

/** Addresses that stand in keys. Asked for once a minute; what cannot be asked is not known. */
function readCarriedAddresses(db: Db, clusterId: number): Promise<Map<string, string>> {
  const known = kept.get(db) ?? new Map<number, Carried>();
  kept.set(db, known);
  const last = known.get(clusterId);
  if (last && Date.now() - last.readAtMs < KEPT_MS) return last.names;
  const names = askForAddresses(db, clusterId);
  known.set(clusterId, { readAtMs: Date.now(), names });
  names.catch(() => known.delete(clusterId));
  return names;
}

async function askForAddresses(db: Db, clusterId: number): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { prefix, words } of CARRIERS) {
    for (const key of await askForKeys(db, clusterId, prefix)) {
      const address = key.slice(prefix.length);
      if (address !== "" && !address.includes("/")) names.set(address, words(address));
    }
  }
  return names;
}

async function askForKeys(db: Db, clusterId: number, prefix: string): Promise<string[]> {
  const prefixBase64 = Buffer.from(prefix).toString("base64");
  const params = { prefixBase64, directOnly: false, sort: "key" as const, descending: false, limit: MAX_KEYS };
  try {
    const { keys } = await askWorker(db, clusterId, "list-keys", { ...params, after: null }, { timeoutMs: TIMEOUT_MS });
    return keys.map(({ keyBase64 }) => Buffer.from(keyBase64, "base64").toString("utf8"));
  } catch (error) {
    if (error instanceof WorkerAbsentError || error instanceof WorkerAnswerError) return [];
    throw error;
  }
}
