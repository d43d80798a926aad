import type { TrafficDimension, TrafficIdentity } from "@/lib/model/traffic";
import { groupCells } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";
import { ClientLines, isSliceWithin } from "@/lib/queries/triage/client-lines";
import { toClientName } from "@/lib/queries/triage/client-name";
import type { TriageTimes } from "@/lib/queries/triage/times";
import { compareReadings, type TwoReadings } from "@/lib/queries/triage/to-axis";
import type { ClientMover, Moved } from "@/lib/rules/triage/triage-facts";

/** What a client does is told by verb and resource where one of them is this part of its requests. */
const MAINLY = 0.7;

export interface ComparedReading {
  source: ClientMover["source"];
  readings: TwoReadings<TrafficReading>;
  times: TriageTimes;
  /** What tells one client from another. */
  clientOf: readonly TrafficDimension[];
}

/** A client among those of a reading. */
export interface ChosenClient {
  key: string;
  identity: TrafficIdentity;
}

/** One text for each client. */
export function clientKey(identity: TrafficIdentity, clientOf: readonly TrafficDimension[]): string {
  return JSON.stringify(clientOf.map((dimension) => identity[dimension]));
}

/** Some clients in the order given: how their requests moved, and what they did in the window. */
export function readClientDetails(
  compared: ComparedReading,
  clients: readonly ChosenClient[],
  { isCalmTold }: { isCalmTold: boolean },
): ClientMover[] {
  const { source, readings, times } = compared;
  const places = placesOf(readings.axis, compared, clients);
  const isIn = readings.axis.slices.map((slice) => isSliceWithin(slice, times.window));
  const window = new TrafficTable(clients.length, readings.axis.latencyBuckets);
  readings.axis.addTo(window, (cell, slice) => (isIn[slice] ? (places[cell] as number) : -1));
  const lines = toLines(compared, places, clients);
  const deeds = mainDeeds(readings.axis, { places, isIn, clients: clients.length });
  return clients.map(({ identity }, place): ClientMover => {
    const { userAgent, user, sourceAddress } = identity;
    const deed = source === "apiserver" ? identity : deeds[place];
    const [verb, resource] = [deed?.verb ?? null, deed?.resource ?? null];
    const p99Micros = readings.axis.quantileMicros(window.bucketsOf(place), 0.99);
    const sized = window.of(place, "sizedRequests");
    const moved = (figure: "requests" | "responseBytes") => compareClient(place, figure, { lines, times, isCalmTold });
    return {
      ...{ userAgent, user, sourceAddress, verb, resource, source },
      name: toClientName({ userAgent, user, sourceAddress, verb, resource }),
      requests: moved("requests"),
      responseBytesPerSecond: sized > 0 ? moved("responseBytes") : null,
      unpagedLists: window.of(place, "unpagedLists"),
      meanResponseBytes: sized > 0 ? window.of(place, "responseBytes") / sized : null,
      latencyP99Ms: p99Micros === null ? null : p99Micros / 1_000,
    };
  });
}

function toLines(
  compared: ComparedReading,
  places: Int32Array,
  clients: readonly ChosenClient[],
): TwoReadings<ClientLines> {
  const { axis, calm } = compared.readings;
  const lines = new ClientLines(axis, places, clients.length);
  if (calm === axis) return { axis: lines, calm: lines };
  return { axis: lines, calm: new ClientLines(calm, placesOf(calm, compared, clients), clients.length) };
}

function compareClient(
  place: number,
  figure: "requests" | "responseBytes",
  { lines, times, isCalmTold }: { lines: TwoReadings<ClientLines>; times: TriageTimes; isCalmTold: boolean },
): Moved {
  const readings = { axis: lines.axis.of(place, figure), calm: lines.calm.of(place, figure) };
  return compareReadings(readings, times, {
    unit: figure === "requests" ? "perSecond" : "bytesPerSecond",
    over: (range) => {
      if (range !== times.calm) return lines.axis.over(place, figure, range);
      return isCalmTold ? lines.calm.over(place, figure, range) : null;
    },
  });
}

/** Which of some clients each cell is of; -1: none. */
function placesOf(
  reading: TrafficReading,
  { clientOf }: ComparedReading,
  clients: readonly ChosenClient[],
): Int32Array {
  const placeOf = new Map(clients.map(({ key }, place) => [key, place]));
  const { groupOf, identities } = groupCells(reading.cells, { groupBy: clientOf, filter: {} });
  const places = identities.map((identity) => placeOf.get(clientKey(identity, clientOf)) ?? -1);
  return groupOf.map((group) => places[group] ?? -1);
}

type Deed = Pick<ClientMover, "verb" | "resource">;

/** What each client mainly did in the window; null where it did many things. */
function mainDeeds(
  reading: TrafficReading,
  { places, isIn, clients }: { places: Int32Array; isIn: readonly boolean[]; clients: number },
): (Deed | null)[] {
  const totals = new Float64Array(clients);
  const counts = Array.from({ length: clients }, () => new Map<string, number>());
  const names = reading.cells.map(({ identity: { verb, resource } }) => JSON.stringify([verb, resource]));
  reading.eachCount((cell, slice, requests) => {
    const place = places[cell] as number;
    if (place < 0 || !isIn[slice]) return;
    (totals[place] as number) += requests;
    const own = counts[place] as Map<string, number>;
    const name = names[cell] as string;
    own.set(name, (own.get(name) ?? 0) + requests);
  });
  return counts.map((own, place) => {
    const [name, count] = [...own].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
    if (count === 0 || count < (totals[place] as number) * MAINLY) return null;
    const [verb, resource] = JSON.parse(name) as [string | null, string | null];
    return { verb, resource };
  });
}
