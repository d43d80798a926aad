import { setTimeout as sleep } from "node:timers/promises";
import type { Member } from "@/tests/bench/incidents/members";
import { filler } from "@/tests/bench/keys";
import { Writer } from "@/tests/bench/writer";

const RESOURCES = ["pods", "configmaps", "secrets", "leases", "endpointslices", "events", "deployments", "jobs"];
const NAMESPACES = ["ci-build", "payments", "search", "logging", "kube-system"];
const OBJECTS = 40;
const PUTS_PER_SECOND = 60;
const TICK_MS = 100;
const VALUE_BYTES = 700;

/** What goes on in any cluster, incident or not: puts over forty prefixes, on every member in turn. */
export function startLoad(members: readonly Member[]): { stop(): Promise<void> } {
  const ending = new AbortController();
  const running = keepWriting(members, ending.signal);
  return {
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

/** Runs `act` about `perSecond` times a second until the signal, several at once when they take long. */
export async function atRate(
  perSecond: number,
  signal: AbortSignal,
  act: (index: number) => Promise<unknown>,
  { atOnce = 64 }: { atOnce?: number } = {},
): Promise<void> {
  let index = 0;
  const open = new Set<Promise<unknown>>();
  const startedMs = performance.now();
  while (!signal.aborted) {
    const due = ((performance.now() - startedMs) / 1_000) * perSecond;
    while (index < due && open.size < atOnce) {
      const acting: Promise<unknown> = act(index++)
        .catch(() => undefined) // an incident makes calls fail
        .finally(() => open.delete(acting));
      open.add(acting);
    }
    if (index < due - perSecond) index = Math.floor(due); // what could not be done is not made up for
    await sleep(TICK_MS / 4, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(open);
}

async function keepWriting(members: readonly Member[], signal: AbortSignal): Promise<void> {
  const writers = members.map(({ endpoint }) => new Writer(endpoint));
  try {
    await atRate(PUTS_PER_SECOND, signal, (index) => {
      const resource = RESOURCES[index % RESOURCES.length] as string;
      const namespace = NAMESPACES[Math.floor(index / 3) % NAMESPACES.length] as string;
      const key = `/registry/${resource}/${namespace}/object-${(index * 7) % OBJECTS}`;
      const writer = writers[index % writers.length] as Writer;
      return writer.put({ key: Buffer.from(key), value: filler(VALUE_BYTES) });
    });
  } finally {
    for (const writer of writers) writer.close();
  }
}
