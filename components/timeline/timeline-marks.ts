import { formatInstant } from "@/components/ui/format-instant";
import { toVisibleText } from "@/components/ui/visible-text";
import type { TimelineItem } from "@/lib/api/timeline";
import type { TimeRange } from "@/lib/model/time-range";
import { type TimelineKind, type TimelineTone, timelineTone } from "@/lib/model/timeline";

/** Events close to each other as one mark on a time axis; `from` and `to` are parts of its width, 0 to 1. */
export interface TimelineMark {
  from: number;
  to: number;
  tone: TimelineTone;
  /** The oldest first. */
  items: TimelineItem[];
}

/** Marks of one tone that begin closer than this part of the width are one. */
const LEAST_APART = 0.007;
const TOLD = 5;
const LONGEST_TEXT = 240;

/** A kind as a reader calls it. */
export const KIND_WORDS: Record<TimelineKind, string> = {
  baseline: "Baseline",
  resync: "Resync",
  drift: "Drift",
  gap: "Gap",
  "own-scan": "Own scan",
  compaction: "Compaction",
  defragmentation: "Defragmentation",
  snapshot: "Snapshot",
  "leader-change": "Leader change",
  alarm: "Alarm",
  "member-added": "Member added",
  "member-removed": "Member removed",
  "member-down": "Member down",
  "member-up": "Member up",
  restart: "Restart",
  "version-change": "Version change",
  "quota-change": "Quota change",
  inconsistency: "Inconsistency",
  spike: "Spike",
};

/** The events of an axis as marks, the bad ones last so that they are drawn on top. */
export function toTimelineMarks(items: readonly TimelineItem[], { fromMs, toMs }: TimeRange): TimelineMark[] {
  if (!(toMs > fromMs)) return [];
  const placeOf = (at: string) => (Date.parse(at) - fromMs) / (toMs - fromMs);
  const marks: Record<TimelineTone, TimelineMark[]> = { quiet: [], neutral: [], bad: [] };
  for (const item of items.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at))) {
    const begin = placeOf(item.at);
    const end = item.until === null ? begin : Math.max(begin, placeOf(item.until));
    if (Number.isNaN(begin) || end < 0 || begin > 1) continue;
    const tone = timelineTone(item.kind);
    const last = marks[tone].at(-1);
    const [from, to] = [Math.max(0, begin), Math.min(1, end)];
    if (last !== undefined && from - last.from < LEAST_APART) {
      last.items.push(item);
      last.to = Math.max(last.to, to);
    } else marks[tone].push({ from, to, tone, items: [item] });
  }
  return [...marks.quiet, ...marks.neutral, ...marks.bad];
}

/** The mark at a place of the axis, the loudest of those within `reach`; null: there is none. */
export function markAt(marks: readonly TimelineMark[], place: number, reach: number): TimelineMark | null {
  let found: TimelineMark | null = null;
  let least = reach;
  for (const mark of marks) {
    const apart = place < mark.from ? mark.from - place : Math.max(0, place - mark.to);
    if (apart > reach || (found !== null && found.tone === mark.tone && apart >= least)) continue;
    found = mark;
    least = apart;
  }
  return found;
}

/** What a mark stands for, a line an event, and how many more there are. */
export function describeMark({ items }: TimelineMark, zone: string): { when: string; text: string }[] {
  const told = items.slice(0, TOLD).map(({ at, text, kind }) => ({
    when: formatInstant(Date.parse(at), zone, "time"),
    text: toVisibleText(text.slice(0, LONGEST_TEXT)) || KIND_WORDS[kind],
  }));
  return items.length > TOLD ? [...told, { when: "", text: `and ${items.length - TOLD} more` }] : told;
}

/** The events of an axis in words: `2 compactions, 1 leader change`. */
export function countKinds(items: readonly Pick<TimelineItem, "kind">[]): string {
  if (items.length === 0) return "nothing happened in this time";
  const counts = new Map<TimelineKind, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} × ${KIND_WORDS[kind].toLowerCase()}`).join(", ");
}
