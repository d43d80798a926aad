import type { Color } from "@/components/keyspace/keyspace-search";
import type { PrefixRow } from "@/lib/api/prefixes";
import { changeColor, heatColor, logRatio } from "@/lib/model/heat-color";
import { formatBytes, formatBytesChange, formatDuration, formatPerSecond } from "@/lib/model/units";

/** How figures become colours, and how the legend says it: positions from 0 to 1 with their words. */
export interface ColorScale {
  color: Color;
  isChange: boolean;
  marks: { at: number; words: string }[];
  of(row: PrefixRow): { fill: string; words: string } | null;
}

/** The rows to be coloured, by what, and the times that ages are counted from. */
export interface ScaleQuestion {
  rows: readonly PrefixRow[];
  color: Color;
  /** The instant the rows are complete up to, and where the revision clock begins; RFC 3339. */
  at: string | null;
  clockSince: string | null;
}

/** The scale of a colour over these rows. */
export function toColorScale(question: ScaleQuestion): ColorScale {
  const { rows, color } = question;
  if (color === "growth") return growthScale(rows);
  if (color === "lastWrite") return lastWriteScale(rows, question);
  if (color === "largestValue") return largestValueScale(rows);
  return writesScale(rows);
}

const LEAST_RATE = 0.01;

function writesScale(rows: readonly PrefixRow[]): ColorScale {
  const most = Math.max(1, ...rows.map((row) => row.writesPerSecond ?? 0));
  return {
    color: "writes",
    isChange: false,
    marks: toMarks(LEAST_RATE, most, (rate) => `${formatPerSecond(rate)}/s`),
    of({ writesPerSecond }) {
      if (writesPerSecond === null) return null;
      const fill = heatColor(logRatio(writesPerSecond, LEAST_RATE, most));
      return { fill, words: `${formatPerSecond(writesPerSecond)} writes per second` };
    },
  };
}

function largestValueScale(rows: readonly PrefixRow[]): ColorScale {
  const least = 64;
  const most = Math.max(1_024, ...rows.map((row) => row.largestValueBytes));
  return {
    color: "largestValue",
    isChange: false,
    marks: toMarks(least, most, formatBytes),
    of({ largestValueBytes }) {
      const fill = heatColor(logRatio(largestValueBytes, least, most));
      return { fill, words: `largest value ${formatBytes(largestValueBytes)}` };
    },
  };
}

const LEAST_AGE_MS = 10_000; // dates are slices of ten seconds
const HOUR_MS = 3_600_000;

/** Recent is bright: it is where something happens. What is older than the clock is as dark as it gets. */
function lastWriteScale(rows: readonly PrefixRow[], { at, clockSince }: ScaleQuestion): ColorScale {
  const nowMs = at === null ? Number.NaN : Date.parse(at);
  const ageOf = ({ newestModAt }: PrefixRow) =>
    newestModAt === null ? null : Math.max(LEAST_AGE_MS, nowMs - Date.parse(newestModAt));
  const clockMs = clockSince === null ? 0 : nowMs - Date.parse(clockSince);
  const most = Math.max(HOUR_MS, clockMs || 0, ...rows.map((row) => ageOf(row) ?? 0));
  const marks = toMarks(LEAST_AGE_MS, most, formatDuration);
  return {
    color: "lastWrite",
    isChange: false,
    marks: marks.map(({ at: place, words }) => ({ at: 1 - place, words: words.replace("≤", "<") })).reverse(),
    of(row) {
      const ageMs = ageOf(row);
      if (ageMs !== null && Number.isFinite(ageMs)) {
        const fill = heatColor(1 - logRatio(ageMs, LEAST_AGE_MS, most));
        return { fill, words: `last written ${formatDuration(ageMs)} before` };
      }
      if (row.newestModRevision === null || clockSince === null) return null;
      return { fill: heatColor(0), words: "last written before the revision clock begins" };
    },
  };
}

function growthScale(rows: readonly PrefixRow[]): ColorScale {
  const most = Math.max(1_024, ...rows.map((row) => Math.abs(row.growthBytes ?? 0)));
  return {
    color: "growth",
    isChange: true,
    marks: [
      { at: 0, words: formatBytesChange(-most) },
      { at: 0.5, words: "0" },
      { at: 1, words: formatBytesChange(most) },
    ],
    of({ growthBytes }) {
      if (growthBytes === null) return null;
      // The root spreads small changes apart; the legend's ends stay what they are.
      const ratio = Math.sign(growthBytes) * Math.sqrt(Math.abs(growthBytes) / most);
      return { fill: changeColor(ratio), words: changeWords(growthBytes) };
    },
  };
}

/** A change in words: `grew by 3.1 MiB`. */
export function changeWords(bytes: number): string {
  if (bytes === 0) return "unchanged";
  return `${bytes > 0 ? "grew" : "shrank"} by ${formatBytes(Math.abs(bytes))}`;
}

function toMarks(least: number, most: number, format: (value: number) => string): ColorScale["marks"] {
  const middle = Math.sqrt(least * most);
  return [
    { at: 0, words: `≤ ${format(least)}` },
    { at: 0.5, words: format(middle) },
    { at: 1, words: format(most) },
  ];
}
