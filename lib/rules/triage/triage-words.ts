import type { HealthUnit } from "@/lib/model/health-signals";
import { formatBytes, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** A figure with its unit: `0.6 ms`, `41 ms`, `1.2 s`, `421/s`, `1.5 MiB/s`, `38.6 %`. */
export function formatFigure(value: number, unit: HealthUnit): string {
  switch (unit) {
    case "milliseconds":
      return formatMilliseconds(value);
    case "perSecond":
      return `${toRate(value)}/s`;
    case "bytesPerSecond":
      return `${formatBytes(value)}/s`;
    case "bytes":
      return formatBytes(value);
    case "count":
      return formatCount(value);
    case "ratio":
      return formatRatio(value);
  }
}

/** "rose from 3 to 421 writes/s"; "takes 421 writes/s" where nothing is known of the calm time. */
export function roseBy(calm: number | null, now: number, noun: string): string {
  return calm === null ? `takes ${toRate(now)} ${noun}/s` : `rose from ${toRate(calm)} to ${toRate(now)} ${noun}/s`;
}

/** ", as before", ", 6 ms before", or nothing where the calm time is not known. */
export function besideCalm(calm: number | null, now: number, unit: HealthUnit): string {
  if (calm === null) return "";
  const before = formatFigure(calm, unit);
  return before === formatFigure(now, unit) ? ", as before" : `, ${before} before`;
}

/** `0.62 ms`, `6.3 ms`, `41 ms`, `1.2 s`. */
export function formatMilliseconds(ms: number): string {
  if (ms >= 9_950) return `${formatCount(ms / 1_000)} s`;
  if (ms >= 999.5) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 9.95) return `${ms.toFixed(0)} ms`;
  return `${Number(ms.toFixed(ms >= 0.995 ? 1 : 2))} ms`;
}

/** "went from 3 ms to 63 ms"; "is 63 ms" where nothing is known of the calm time. */
export function wentFrom(calm: number | null, now: number, unit: HealthUnit): string {
  const words = formatFigure(now, unit);
  if (calm === null) return `is ${words}`;
  const before = formatFigure(calm, unit);
  return before === words ? `stays at ${words}` : `went from ${before} to ${words}`;
}

/** `3`, `0.4`, `421`. */
function toRate(perSecond: number): string {
  return formatPerSecond(perSecond).replace(/\.0$/, "");
}

/** "1 member", "3 members". */
export function countWords(count: number, noun: string): string {
  const shown = formatCount(count);
  return `${shown} ${noun}${shown === "1" ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const MAX_NAME_CHARACTERS = 160;
/** Controls, and marks that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name from outside as it may stand in a sentence: nothing unseen in it, and cut where it is long. */
export function plainName(name: string): string {
  const characters = [...name.slice(0, MAX_NAME_CHARACTERS * 2).replace(UNSEEN, "�")];
  return characters.length <= MAX_NAME_CHARACTERS && name.length <= MAX_NAME_CHARACTERS * 2
    ? characters.join("")
    : `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join("")}…`;
}

/** A key, prefix or flag set as code within a sentence. */
export function codeName(name: string): string {
  return `\`${plainName(name).replaceAll("`", "ˋ")}\``;
}

/** A sentence from another part of the product, without what could break out of ours. */
export function plainSentence(text: string, maxCharacters = 300): string {
  const plain = [...text.slice(0, maxCharacters * 2).replace(UNSEEN, " ")].slice(0, maxCharacters).join("");
  return plain.replaceAll("`", "ˋ").trim();
}
