import { type SpikeBaseline, type Usual, usualOf } from "@/lib/model/spike-usual";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** Earlier hours that are looked at, and how many of them must tell something. */
const LADDER: readonly { baseline: SpikeBaseline; everyMs: number; hours: number; least: number }[] = [
  { baseline: "hour-of-week", everyMs: WEEK_MS, hours: 4, least: 2 },
  { baseline: "hour-of-day", everyMs: DAY_MS, hours: 7, least: 2 },
];
const LEAST_SAMPLES = 60;

/** What subjects had in an hour, minute by minute; null: nothing is kept of the hour. */
export type ReadHour = (hourMs: number) => Promise<Map<number, number[]> | null>;

/**
 * What is usual of subjects at the hour of an instant: by the same hour of the week where two weeks are kept, else by the
 * same hour of the day where two days are. Those of whom neither tells enough have no entry.
 */
export async function readUsualHours(ids: readonly number[], atMs: number, readHour: ReadHour) {
  const usual = new Map<number, Usual>();
  const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  for (const { baseline, everyMs, hours, least } of LADDER) {
    const told: Map<number, number[]>[] = [];
    for (let back = 1; back <= hours; back++) {
      const hour = await readHour(hourMs - back * everyMs);
      if (hour !== null) told.push(hour);
    }
    if (told.length < least) continue;
    for (const id of ids) {
      const values = told.flatMap((hour) => hour.get(id) ?? []);
      if (values.length >= LEAST_SAMPLES && !usual.has(id)) usual.set(id, usualOf(Float64Array.from(values), baseline));
    }
    if (usual.size === ids.length) break;
  }
  return usual;
}
