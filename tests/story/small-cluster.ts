import { setTimeout as sleep } from "node:timers/promises";
import { Etcd3, type IRequestOp } from "etcd3";

/**
 * The story: one small cluster that the tests in the browser and the screenshots share. Its figures are fixed, so that a
 * test may name them.
 */

/** What it is called where it is watched. */
export const STORY_NAME = "story";

const NAMESPACES = ["default", "kube-system", "shop", "payments", "logging"];
const BATCH_KEYS = 100;

/** The one key that people look for. */
export const LARGEST = { key: "/registry/configmaps/shop/price-list", valueBytes: 300_000 };
/** Written again and again by `keepStoryGoing`. */
export const HOT_KEY = "/registry/leases/kube-system/kube-scheduler";
/** Markup, a formula, and a byte that is no UTF-8. */
export const HOSTILE_KEYS = {
  markup: "/hostile/<img src=x onerror=alert(document.domain)>",
  formula: "/hostile/=1+1",
  binary: "/hostile/\xff\x00",
};
export const PODS_PER_NAMESPACE = 120;
export const PODS = NAMESPACES.length * PODS_PER_NAMESPACE;

/** The keys of the story, as latin1 text, and the lengths of their values. */
export function storyKeyspace(): Map<string, number> {
  const keys = new Map<string, number>([
    [LARGEST.key, LARGEST.valueBytes],
    [HOT_KEY, 400],
    ["compact_rev_key", 5],
    ...Object.values(HOSTILE_KEYS).map((key): [string, number] => [key, 24]),
  ]);
  for (const namespace of NAMESPACES) {
    for (let i = 0; i < PODS_PER_NAMESPACE; i++) keys.set(`/registry/pods/${namespace}/pod-${i}`, 4_000 + i);
    for (let i = 0; i < 40; i++) keys.set(`/registry/events/${namespace}/event-${i}`, 600);
    for (let i = 0; i < 30; i++) keys.set(`/registry/secrets/${namespace}/secret-${i}`, 1_000 + 10 * i);
    for (let i = 0; i < 20; i++) keys.set(`/registry/configmaps/${namespace}/settings-${i}`, 2_000);
    for (let i = 0; i < 10; i++) keys.set(`/registry/acme.example.com/widgets/${namespace}/widget-${i}`, 800);
    keys.set(`/registry/namespaces/${namespace}`, 300);
  }
  return keys;
}

/** Writes the story's keys. */
export async function fillStory(endpoint: string): Promise<void> {
  const client = new Etcd3({ hosts: endpoint });
  try {
    const puts = [...storyKeyspace()].map(([key, valueBytes]): IRequestOp => {
      return { request_put: { key: Buffer.from(key, "latin1"), value: Buffer.alloc(valueBytes, "v") } };
    });
    for (let from = 0; from < puts.length; from += BATCH_KEYS) {
      await client.kv.txn({ compare: [], success: puts.slice(from, from + BATCH_KEYS), failure: [] });
    }
  } finally {
    client.close();
  }
}

/** A hot lease key and a few pods' status, about ten writes a second, until told to stop. Sizes do not change. */
export async function keepStoryGoing(endpoint: string, signal: AbortSignal): Promise<void> {
  const client = new Etcd3({ hosts: endpoint });
  try {
    for (let turn = 0; !signal.aborted; turn++) {
      await client.put(HOT_KEY).value(Buffer.alloc(400, "h"));
      if (turn % 4 === 0) {
        const pod = (turn / 4) % PODS_PER_NAMESPACE;
        await client.put(`/registry/pods/shop/pod-${pod}`).value(Buffer.alloc(4_000 + pod, "s"));
      }
      await sleep(120, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    client.close();
  }
}
