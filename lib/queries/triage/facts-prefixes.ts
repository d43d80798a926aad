import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefix, prefixState } from "@/lib/db/schema";
import { toKeyText } from "@/lib/model/key-text";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import type { MovedFigure } from "@/lib/model/moved";
import { readSamples, type Samples } from "@/lib/queries/samples";
import { type HotKey, readHotKeys } from "@/lib/queries/triage/facts-hot-keys";
import { pickPrefixes } from "@/lib/queries/triage/prefix-choice";
import { type PrefixCounts, readPrefixCounts } from "@/lib/queries/triage/prefix-counts";
import { axisRange, type TriageTimes } from "@/lib/queries/triage/times";
import { compareReadings, readBoth, type TwoReadings } from "@/lib/queries/triage/to-axis";
import type { PrefixFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";

export type KeyspaceFacts = Pick<TriageFacts, "prefixes" | "writes" | "writtenBytes">;

interface Question {
  times: TriageTimes;
  nowMs: number;
}

/** What was written, in all and by prefix; the prefixes that rose most first, then the heaviest of the others. */
export async function readKeyspaceFacts(db: Db, clusterId: number, question: Question): Promise<KeyspaceFacts> {
  const counts = await readPrefixCounts(db, clusterId, question);
  if (counts.window === null) return { prefixes: null, writes: null, writtenBytes: null };
  const slots = await pickPrefixes(db, clusterId, counts);
  const [samples, states, hotKeys] = await Promise.all([
    readPrefixSamples(db, clusterId, question, [0, ...slots]),
    readStates(db, clusterId, slots),
    readHotKeys(db, clusterId, question.times.window),
  ]);
  const moved = (slot: number) => toMoved(slot, { samples, counts, times: question.times });
  const root = moved(0);
  const byslot = new Map(states.map((state) => [state.slot, state]));
  const prefixes = slots.flatMap((slot): PrefixFacts[] => {
    const state = byslot.get(slot);
    if (state === undefined) return [];
    const own = moved(slot);
    return [
      {
        ...toName(state),
        ...own,
        slot,
        writesShare: share(own.writes, root.writes),
        bytesShare: share(own.writtenBytes, root.writtenBytes),
        keys: state.keys ?? 0,
        liveBytes: (state.keyBytes ?? 0) + (state.valueBytes ?? 0),
        hotKey: state.isOther ? null : toHotKey(hotKeys.hottestBelow(state.prefix), own),
      },
    ];
  });
  return { prefixes, ...root };
}

function readPrefixSamples(
  db: Db,
  clusterId: number,
  { times, nowMs }: Question,
  slots: readonly number[],
): Promise<TwoReadings<Samples>> {
  const { axis, coverage } = times;
  const measures = ["puts", "deletes", "writtenBytes"] as const;
  return readBoth(times, axisRange(axis), (range) =>
    readSamples(db, clusterId, { range, stepMs: axis.stepMs, measures, slots }, nowMs, coverage),
  );
}

type State = Awaited<ReturnType<typeof readStates>>[number];

/** What the prefixes hold now. One that was emptied or dropped since holds nothing. */
function readStates(db: Db, clusterId: number, slots: readonly number[]) {
  return db
    .select({
      slot: prefix.slot,
      prefix: prefix.prefix,
      isOther: prefix.isOther,
      keys: prefixState.keys,
      keyBytes: prefixState.keyBytes,
      valueBytes: prefixState.valueBytes,
    })
    .from(prefix)
    .leftJoin(prefixState, and(eq(prefixState.clusterId, prefix.clusterId), eq(prefixState.slot, prefix.slot)))
    .where(and(eq(prefix.clusterId, clusterId), inArray(prefix.slot, [...slots])));
}

function toName({ prefix: bytes, isOther }: State): Pick<PrefixFacts, "prefix" | "isEvents"> {
  const { text } = toKeyText(bytes);
  const resource = toKubernetesPlace(text)?.resource;
  return { prefix: isOther ? `${text} (other)` : text, isEvents: resource === "events" || resource === EVENTS };
}

const EVENTS = "events.events.k8s.io";

function toMoved(
  slot: number,
  { samples, counts, times }: { samples: TwoReadings<Samples>; counts: PrefixCounts; times: TriageTimes },
): Pick<PrefixFacts, "writes" | "writtenBytes"> {
  const compare = (
    measures: readonly ("puts" | "deletes" | "writtenBytes")[],
    unit: "perSecond" | "bytesPerSecond",
  ) => {
    const figure = unit === "perSecond" ? "writes" : "writtenBytes";
    const stepped = (read: Samples) => ({
      fromMs: read.atMs[0] ?? times.axis.fromMs,
      stepMs: read.stepMs,
      values: toRates(read, slot, measures),
    });
    const readings = { axis: stepped(samples.axis), calm: stepped(samples.calm) };
    return compareReadings(readings, times, {
      unit,
      over: (range) => (range === times.calm ? counts.calm : counts.window)?.[figure](slot) ?? null,
    });
  };
  return {
    writes: compare(["puts", "deletes"], "perSecond"),
    writtenBytes: compare(["writtenBytes"], "bytesPerSecond"),
  };
}

/** Per watched second of each step; null: a gap. A slot without a row had nothing. */
function toRates(
  samples: Samples,
  slot: number,
  measures: readonly ("puts" | "deletes" | "writtenBytes")[],
): (number | null)[] {
  const columns = samples.atMs.length;
  const start = samples.rowOf(slot) * columns;
  const counters = measures.map((measure) => samples.of(measure));
  return Array.from(samples.observedMs, (ms, column) => {
    if (ms === 0) return null;
    if (start < 0) return 0;
    const count = counters.reduce((sum, counts) => sum + (counts[start + column] as number), 0);
    return count / (ms / 1_000);
  });
}

function share(part: MovedFigure, whole: MovedFigure): number | null {
  return part.window === null || whole.window === null || whole.window === 0 ? null : part.window / whole.window;
}

/** A key that is this part of its prefix's writes, or of its bytes, stands out. */
const STANDS_OUT = 0.1;

function toHotKey(hottest: HotKey | null, { writes, writtenBytes }: Pick<PrefixFacts, "writes" | "writtenBytes">) {
  if (hottest === null || writes.window === null || writtenBytes.window === null) return null;
  const { writtenBytesPerSecond, ...hotKey } = hottest;
  const isOut =
    hotKey.writesPerSecond >= writes.window * STANDS_OUT || writtenBytesPerSecond >= writtenBytes.window * STANDS_OUT;
  return isOut ? hotKey : null;
}
