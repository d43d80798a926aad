import type { Db } from "@/lib/db/client";
import { HEALTH_SIGNAL_NAMES, type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import type { TimeRange } from "@/lib/model/time-range";
import { type HealthLine, type HealthSeries, readHealthSeries } from "@/lib/queries/health-series";
import { axisRange, type TriageTimes } from "@/lib/queries/triage/times";
import { compareReadings, readBoth, type Stepped } from "@/lib/queries/triage/to-axis";
import type { Moved } from "@/lib/rules/triage/triage-facts";

/** The signals of one member. */
export interface MemberSignals {
  memberId: string;
  name: string;
  signals: Partial<Record<HealthSignalName, Moved>>;
  splitSignals: Partial<Record<HealthSignalName, Map<string, Moved>>>;
}

/** Every signal of every member, window against calm. A member that tells none is there without any. */
export async function readMemberSignals(db: Db, clusterId: number, times: TriageTimes): Promise<MemberSignals[]> {
  const read = (range: TimeRange) =>
    readHealthSeries(db, clusterId, { names: HEALTH_SIGNAL_NAMES, range, stepMs: times.axis.stepMs });
  const { axis, calm } = await readBoth(times, axisRange(times.axis), read);
  const calmLines = new Map(calm.lines.map((line) => [lineName(line), line]));
  const byMember = new Map(
    axis.members.map(({ memberId, name }): [string, MemberSignals] => [
      memberId,
      { memberId, name, signals: {}, splitSignals: {} },
    ]),
  );
  for (const line of axis.lines) {
    const own = byMember.get(line.memberId);
    if (own === undefined) continue;
    const calmLine = calmLines.get(lineName(line)) ?? null;
    addLine(own, line, compareLine({ line, series: axis }, { line: calmLine, series: calm }, times));
  }
  return [...byMember.values()];
}

function lineName({ signal, memberId, split }: HealthLine): string {
  return JSON.stringify([signal, memberId, split]);
}

function addLine(own: MemberSignals, { signal, split }: HealthLine, moved: Moved): void {
  if (split === null) {
    own.signals[signal] = moved;
    return;
  }
  const lines = own.splitSignals[signal] ?? new Map<string, Moved>();
  lines.set(split, moved);
  own.splitSignals[signal] = lines;
}

interface ReadLine<Line extends HealthLine | null> {
  line: Line;
  series: HealthSeries;
}

function compareLine(now: ReadLine<HealthLine>, before: ReadLine<HealthLine | null>, times: TriageTimes): Moved {
  const readings = {
    axis: toStepped(now.line, now.series),
    calm: before.line && toStepped(before.line, before.series),
  };
  return compareReadings(readings, times, {
    unit: healthSignal(now.line.signal).unit,
    over: (range) => (range === times.calm ? (before.line?.over(range) ?? null) : now.line.over(range)),
  });
}

function toStepped({ values }: HealthLine, { fromMs, stepMs }: HealthSeries): Stepped {
  return { fromMs, stepMs, values };
}
