import type { Pattern, PatternFigures, SentencePart } from "@/lib/model/pattern-types";
import { formatBytes, formatCount, formatDuration, formatPerSecond, formatRatio } from "@/lib/model/units";

/** The patterns as they are called. */
export const PATTERN_NAMES: Record<Pattern, string> = {
  storm: "storm",
  "hot-loop": "hot loop",
  leak: "leak",
  drain: "mass delete",
  "sequential-create": "sequential create",
  churn: "churn",
  periodic: "periodic",
  heartbeat: "heartbeat",
  cold: "cold",
};

/** What is needed to put a pattern into words. */
export interface Told {
  pattern: Pattern;
  fromMs: number;
  toMs: number;
  lasts: boolean;
  share: number;
  figures: PatternFigures;
}

/** The pattern in a sentence, in parts: names and instants are written by whoever shows it. */
export function toSentenceParts(told: Told): SentencePart[] {
  const sentence: SentencePart[] = [{ kind: "prefix" }, { kind: "text", text: ": " }, { kind: "pattern" }];
  for (const part of WORDS[told.pattern](told)) {
    const last = sentence.at(-1);
    if (typeof part !== "string") sentence.push(part);
    else if (last?.kind === "text") last.text += part;
    else if (part !== "") sentence.push({ kind: "text", text: part });
  }
  return sentence;
}

type Words = (told: Told) => (string | SentencePart)[];

const WORDS: Record<Pattern, Words> = {
  storm: (told) => {
    const { putsPerSecond = 0, writesPerSecond = 0, usualPerSecond = 0, times = 1 } = told.figures;
    const isPuts = putsPerSecond >= writesPerSecond * 0.99;
    const rate = isPuts ? `${perSecond(putsPerSecond)} puts/s` : `${perSecond(writesPerSecond)} writes/s`;
    return [
      `, ${rate}`,
      ...during(told),
      `, ${shareWords(told.share, "writes")}`,
      usualWords(usualPerSecond),
      again(times),
    ];
  },
  "hot-loop": (told) => {
    const { writesPerSecond = 0, keys = 1 } = told.figures;
    const where = keys <= 1 ? "to one key" : `to ${formatCount(keys)} keys`;
    return [
      `, ${perSecond(writesPerSecond)} updates/s ${where}`,
      ...during(told),
      `, ${shareWords(told.share, "writes")}`,
    ];
  },
  leak: (told) => {
    const { growthBytes = 0, growthKeys = 0, growthRatio = 0, bytesPerDay = 0 } = told.figures;
    const keys = growthKeys > 0 ? ` and ${formatCount(growthKeys)} keys` : "";
    return [
      `, grew by ${formatBytes(growthBytes)}${keys} (${growthWords(growthRatio)})`,
      ` in ${formatDuration(told.toMs - told.fromMs)} and hardly anything was deleted`,
      bytesPerDay > 0 ? `; at this pace ${formatBytes(bytesPerDay)} a day` : "",
    ];
  },
  drain: (told) => {
    const { deletes = 0, growthKeys = 0, keysBefore = 1, times = 1 } = told.figures;
    return [
      `, ${formatCount(deletes)} keys deleted`,
      ...during(told),
      `, ${formatRatio(-growthKeys / keysBefore)} of its keys`,
      again(times),
    ];
  },
  "sequential-create": (told) => {
    const { createsPerSecond = 0, growthKeys = 0 } = told.figures;
    return [
      `, ${perSecond(createsPerSecond)} new keys/s that stay: ${formatCount(growthKeys)} more`,
      ` in ${formatDuration(told.toMs - told.fromMs)}, ${shareWords(told.share, "creates")}`,
    ];
  },
  churn: (told) => {
    const { createsPerSecond = 0, keys = 0 } = told.figures;
    const held = keys > 0 ? `, ${formatCount(keys)} at a time` : "";
    return [
      `, ${perSecond(createsPerSecond)} keys/s made and as many deleted${held}, ${shareWords(told.share, "writes")}`,
    ];
  },
  periodic: (told) => {
    const { periodSeconds = 0, writesPerSecond = 0 } = told.figures;
    return [
      `, every ${formatPeriod(periodSeconds)}, ${perSecond(writesPerSecond)} writes/s each time, ${shareWords(told.share, "writes")}`,
    ];
  },
  heartbeat: (told) => {
    const { writesPerSecond = 0, keys = 0, periodSeconds = 0 } = told.figures;
    const each = keys === 1 ? "1 key" : `${formatCount(keys)} keys, each`;
    return [
      `, ${each} about every ${formatPeriod(periodSeconds)}: ${perSecond(writesPerSecond)} updates/s, ${shareWords(told.share, "writes")}`,
    ];
  },
  cold: (told) => {
    const { liveBytes = 0, keys = 0 } = told.figures;
    const keyWords = `${formatCount(keys)} ${keys === 1 ? "key" : "keys"}`;
    return [
      `, not written in ${formatDuration(told.toMs - told.fromMs)}: ${formatBytes(liveBytes)} in ${keyWords}, ${shareWords(told.share, "live bytes")}`,
    ];
  },
};

function during({ fromMs, toMs, lasts }: Told): (string | SentencePart)[] {
  const from = { kind: "instant", atMs: fromMs } as const;
  return lasts ? [" since ", from, ", still going on"] : [" from ", from, " to ", { kind: "instant", atMs: toMs }];
}

function growthWords(ratio: number): string {
  return ratio < 1 ? formatRatio(ratio) : `to ${(1 + ratio).toFixed(1)} times its size`;
}

function shareWords(share: number, of: string): string {
  return `${formatRatio(Math.min(1, share))} of all ${of}`;
}

function usualWords(perSecondUsual: number): string {
  return perSecondUsual < 0.1 ? "" : `; usual are ${perSecond(perSecondUsual)}/s`;
}

function again(times: number): string {
  if (times <= 1) return "";
  return times === 2 ? "; once more in this time" : `; ${formatCount(times - 1)} more times in this time`;
}

function perSecond(rate: number): string {
  return formatPerSecond(rate);
}

/** A period is round where it can be: `5 min`, `90 s`, `24 h`. */
export function formatPeriod(seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) return seconds === 86_400 ? "day" : `${seconds / 86_400} days`;
  if (seconds >= 3_600 && seconds % 3_600 === 0) return seconds === 3_600 ? "hour" : `${seconds / 3_600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return seconds === 60 ? "minute" : `${seconds / 60} min`;
  return formatDuration(seconds * 1_000).replace(".0 s", " s");
}
