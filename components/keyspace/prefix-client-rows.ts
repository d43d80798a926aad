import type { Tone } from "@/components/ui/badge";
import type { PrefixClient, PrefixClientsAnswer } from "@/lib/api/clients";

/** One client of a prefix and what it does there. */
export type PrefixClientRow = PrefixClient & { id: string; does: "writes" | "reads" };

/** The colour of a confidence; the word stands beside it. */
export const CONFIDENCE_TONES: Record<PrefixClient["confidence"], Tone> = {
  high: "good",
  medium: "neutral",
  low: "warn",
};

/** A source of requests in a few letters. */
export const SOURCE_NAMES_SHORT: Record<PrefixClient["source"], string> = {
  audit: "audit events",
  apiserver: "apiserver",
  "etcd-log": "etcd log",
  metrics: "metrics",
};

/** Writers first, then readers, each in the order they were answered: the busiest first. */
export function clientRows(answer: PrefixClientsAnswer | undefined): PrefixClientRow[] {
  if (answer === undefined) return [];
  const rowsOf = (does: PrefixClientRow["does"], clients: readonly PrefixClient[]) =>
    clients.map((client, at) => ({ ...client, does, id: `${does} ${at}` }));
  return [...rowsOf("writes", answer.writers), ...rowsOf("reads", answer.readers)];
}
