import type { CostAnswer, CostFigures } from "@/lib/api/cost";
import type { CostPurpose } from "@/lib/model/cost";
import { formatBytes, formatCount, formatDuration } from "@/lib/model/units";

/** What each purpose is, in a word and in a few. */
export const PURPOSE_WORDS: Record<CostPurpose, { name: string; what: string }> = {
  scan: { name: "Scans", what: "every key once" },
  watch: { name: "Watch", what: "every write as it happens" },
  check: {
    name: "Checks",
    what: "proof that nothing is missing",
  },
  members: { name: "Members", what: "health every ten seconds" },
  probe: { name: "Probe", what: "two reads of one absent key at every member, every five seconds" },
  hash: { name: "Hashes", what: "the members' hashes compared, when asked for or at the rate set" },
  leases: { name: "Leases", what: "how many, and a sample of them, every minute" },
  metrics: { name: "Metrics", what: "the members' own pages, every ten seconds" },
  apiserver: { name: "kube-apiserver", what: "its metrics, asked of the apiserver and not of etcd" },
  question: { name: "Questions", what: "single keys opened here" },
};

/** The panel's first sentence: what the last hour cost the cluster. */
export function costSentence({ recent, at }: Pick<CostAnswer, "recent" | "at">): string {
  const span = formatDuration(Date.parse(at) - Date.parse(recent.from));
  if (recent.requests === 0) return `In the last ${span} this cluster was not asked for anything.`;
  const { requestSeconds, requests, receivedBytes } = recent;
  const seconds = `${formatSeconds(requestSeconds)} of request time`;
  return `In the last ${span} reading this cluster cost it ${seconds}, ${formatCount(requests)} requests, ${formatBytes(receivedBytes)}.`;
}

/** Seconds of request time: `0.8 s`, `312 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "0 s";
  if (seconds < 0.05) return "<0.1 s";
  return `${seconds < 100 ? seconds.toFixed(1) : formatCount(seconds)} s`;
}

/** Sums rows of the table. */
export function sumFigures(rows: readonly CostFigures[]): CostFigures {
  return rows.reduce<CostFigures>(
    (total, row) => ({
      requests: total.requests + row.requests,
      keys: total.keys + row.keys,
      receivedBytes: total.receivedBytes + row.receivedBytes,
      requestSeconds: total.requestSeconds + row.requestSeconds,
      events: total.events + row.events,
    }),
    { requests: 0, keys: 0, receivedBytes: 0, requestSeconds: 0, events: 0 },
  );
}
