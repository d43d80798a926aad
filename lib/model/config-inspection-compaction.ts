import {
  type ConfigFacts,
  type ConfigJudgement,
  type ConfigMember,
  type ConfigRow,
  NOT_LOGGED,
  valuesOf,
} from "@/lib/model/config-facts";
import { parseGoDurationMicros } from "@/lib/model/go-duration";
import { formatDuration } from "@/lib/model/units";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** kube-apiserver compacts every five minutes unless told otherwise. */
const APISERVER_MS = 300_000;
const APISERVER_TOLERANCE_MS = 20_000;

/** Who compacts history, and how often. Source: the timeline's compactions and the start-up line. */
export function inspectCompaction(facts: ConfigFacts): ConfigRow {
  return {
    ...{ id: "compaction", setting: "Compaction" },
    values: valuesOf(facts, loggedWords, NOT_LOGGED),
    ...judge(facts),
    source: {
      name: "etcd, history compaction",
      url: "https://etcd.io/docs/v3.6/op-guide/maintenance/#history-compaction-v3-api-key-value-database",
    },
  };
}

function loggedWords({ logged }: ConfigMember): string | null {
  const mode = logged?.get("auto-compaction-mode");
  const retention = logged?.get("auto-compaction-retention");
  if (mode === undefined || retention === undefined) return null;
  return isOff(retention) ? "not by itself" : `by itself, ${mode} ${retention}`;
}

function isOff(retention: string): boolean {
  return parseGoDurationMicros(retention) === 0;
}

function judge({ members, compactionsMs, watchedMs }: ConfigFacts): ConfigJudgement {
  const everyMs = medianGap(compactionsMs);
  if (everyMs !== null) {
    const often = `History is compacted about every ${formatDuration(everyMs)}`;
    if (everyMs > DAY_MS / 2) return { verdict: "warn", sentence: `${often}: seldom, so history piles up in between.` };
    return { verdict: "ok", sentence: `${often}, ${whoWords(members, everyMs)}.` };
  }
  if (compactionsMs.length > 0) return { verdict: "ok", sentence: "One compaction was seen in the last day." };
  if (watchedMs < HOUR_MS)
    return { verdict: "unknown", sentence: "Watched for less than an hour: no compaction was due." };
  const time = formatDuration(Math.min(watchedMs, DAY_MS));
  const next = "Let kube-apiserver do it, or set --auto-compaction-retention.";
  return {
    verdict: "warn",
    sentence: `Nobody has compacted in ${time}: history grows until the quota is reached. ${next}`,
  };
}

function whoWords(members: readonly ConfigMember[], everyMs: number): string {
  const isByItself = members.some(({ logged }) => {
    const retention = logged?.get("auto-compaction-retention");
    return retention !== undefined && !isOff(retention);
  });
  if (isByItself) return "by etcd itself";
  return Math.abs(everyMs - APISERVER_MS) <= APISERVER_TOLERANCE_MS
    ? "as kube-apiserver does it"
    : "by a client, or by etcd itself";
}

/** The usual time between two; null with fewer than two. */
function medianGap(atMs: readonly number[]): number | null {
  const gaps = atMs.slice(1).map((at, i) => at - (atMs[i] as number));
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? null;
}
