import type { ClientRow } from "@/lib/api/clients";
import type { TrafficGroups } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";
import type { ClientAction, ClientFacts } from "@/lib/rules/clients/client-facts";

/** Slices of verbs and resources that are named. */
const TOP = 5;

/** What each client did, for the rules, and its largest verbs and resources. */
export interface ClientsFacts {
  of(group: number): ClientFacts;
  slicesOf(group: number): Pick<ClientRow, "topVerbs" | "topResources">;
}

/** One thing that one client did: all codes of it together. */
interface Deed {
  verb: string;
  resource: string;
  namespace: string | null;
  group: number;
  statuses: Map<number, number>;
}

/** Adds up what the clients of a reading did, by verb, resource and namespace. */
export function readClientFacts(reading: TrafficReading, groups: TrafficGroups): ClientsFacts {
  const { deeds, deedOf } = listDeeds(reading, groups);
  const table = new TrafficTable(deeds.length, reading.latencyBuckets);
  reading.addTo(table, (cell) => deedOf[cell] as number);
  countStatuses(reading, deeds, deedOf);
  const deedSeconds = activeSeconds(reading, deedOf, deeds.length);
  const groupSeconds = activeSeconds(reading, groups.groupOf, groups.other + 1);
  const byGroup: number[][] = Array.from({ length: groups.other + 1 }, () => []);
  for (const [deed, { group }] of deeds.entries()) byGroup[group]?.push(deed);
  const sums = byGroup.map((own) => sumUp(table, own));
  const all = sums.reduce(
    (total, sum) => ({ requests: total.requests + sum.requests, micros: total.micros + sum.micros }),
    {
      requests: 0,
      micros: 0,
    },
  );
  const toAction = (deed: number): ClientAction => {
    const { verb, resource, namespace, statuses } = deeds[deed] as Deed;
    return {
      ...{ verb, resource, namespace, statuses },
      requests: table.of(deed, "requests"),
      activeSeconds: deedSeconds[deed] as number,
      unpagedLists: table.of(deed, "unpagedLists"),
      uncachedLists: table.of(deed, "uncachedLists"),
      busySeconds: table.of(deed, "timedRequests") > 0 ? table.of(deed, "durationMicros") / 1e6 : null,
      responseBytes: table.of(deed, "sizedRequests") > 0 ? table.of(deed, "responseBytes") : null,
    };
  };
  return {
    of(group) {
      const sum = sums[group] as { requests: number; micros: number };
      return {
        requests: sum.requests,
        activeSeconds: groupSeconds[group] as number,
        busySeconds: sum.micros > 0 ? sum.micros / 1e6 : null,
        actions: (byGroup[group] ?? []).map(toAction),
        all: {
          requests: all.requests,
          observedSeconds: reading.observedMs / 1_000,
          busySeconds: all.micros > 0 ? all.micros / 1e6 : null,
        },
      };
    },
    slicesOf(group) {
      const own = byGroup[group] ?? [];
      const weigh = (deed: number) => table.of(deed, "requests");
      return {
        topVerbs: toSlices(own, { nameOf: (deed) => deeds[deed]?.verb ?? "", weigh }),
        topResources: toSlices(own, { nameOf: (deed) => deeds[deed]?.resource ?? "", weigh }),
      };
    },
  };
}

function listDeeds({ cells }: TrafficReading, { groupOf }: TrafficGroups): { deeds: Deed[]; deedOf: Int32Array } {
  const deeds: Deed[] = [];
  const byName = new Map<string, number>();
  const deedOf = new Int32Array(cells.length).fill(-1);
  for (const [cell, { identity }] of cells.entries()) {
    const group = groupOf[cell] as number;
    if (group < 0) continue;
    const { verb, resource, namespace } = identity;
    const name = JSON.stringify([group, verb, resource, namespace]);
    let deed = byName.get(name);
    if (deed === undefined) {
      deed = deeds.length;
      byName.set(name, deed);
      deeds.push({ verb: verb ?? NOT_TOLD, resource: resource ?? NOT_TOLD, namespace, group, statuses: new Map() });
    }
    deedOf[cell] = deed;
  }
  return { deeds, deedOf };
}

const NOT_TOLD = "not told";

function countStatuses({ cells, eachCount }: TrafficReading, deeds: readonly Deed[], deedOf: Int32Array): void {
  eachCount((cell, _slice, requests) => {
    const statuses = deeds[deedOf[cell] as number]?.statuses;
    const code = cells[cell]?.identity.code ?? null;
    if (statuses && code !== null) statuses.set(code, (statuses.get(code) ?? 0) + requests);
  });
}

/** For how long each row was seen: the observed time of the slices in which it had a request. */
function activeSeconds(reading: TrafficReading, rowOf: Int32Array, rows: number): Float64Array {
  const seconds = new Float64Array(rows);
  const lastSlice = new Int32Array(rows).fill(-1);
  reading.eachCount((cell, slice, requests) => {
    const row = rowOf[cell] as number;
    if (row < 0 || requests === 0 || lastSlice[row] === slice) return;
    lastSlice[row] = slice;
    (seconds[row] as number) += (reading.slices[slice]?.observedMs ?? 0) / 1_000;
  });
  return seconds;
}

function sumUp(table: TrafficTable, deeds: readonly number[]): { requests: number; micros: number } {
  let requests = 0;
  let micros = 0;
  for (const deed of deeds) {
    requests += table.of(deed, "requests");
    micros += table.of(deed, "durationMicros");
  }
  return { requests, micros };
}

function toSlices(
  deeds: readonly number[],
  { nameOf, weigh }: { nameOf: (deed: number) => string; weigh: (deed: number) => number },
): ClientRow["topVerbs"] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const deed of deeds) {
    counts.set(nameOf(deed), (counts.get(nameOf(deed)) ?? 0) + weigh(deed));
    total += weigh(deed);
  }
  return [...counts]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, TOP)
    .map(([name, requests]) => ({ name, requests, share: total > 0 ? requests / total : 0 }));
}
