import type { LedgerRow } from "@/lib/api/ledger";
import type { LedgerThing } from "@/lib/model/ledger";
import { formatBytes, formatRatio } from "@/lib/model/units";

type Part = LedgerRow["parts"][number];

const THINGS: Record<LedgerThing, { name: string; freed: string }> = {
  live: { name: "live", freed: "" },
  history: { name: "history", freed: ", freed by compaction" },
  overhead: { name: "pages and index", freed: "" },
  free: { name: "free", freed: ", given back by defragmentation" },
};

/** What a part of a file is: `History, freed by compaction`; several things that cannot be told apart are all named. */
export function partWords({ covers }: Pick<Part, "covers">): string {
  const names = covers.map((thing) => THINGS[thing].name);
  const [only] = covers;
  const words = covers.length === 1 && only !== undefined ? names[0] + THINGS[only].freed : joinWords(names);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The bar of a member in a sentence, with all its parts. */
export function ledgerWords({ name, memberId, dbSizeBytes, parts }: LedgerRow): string {
  const list = parts.map((part) => `${partWords(part).toLowerCase()} ${formatBytes(part.bytes)}`);
  return `File of ${name === "" ? memberId : name}, ${formatBytes(dbSizeBytes ?? 0)}: ${list.join("; ")}`;
}

/** `5.68 GiB, 71.0 % of the quota of 8.00 GiB`. */
export function fileWords({ dbSizeBytes, quotaBackendBytes }: LedgerRow): string {
  if (dbSizeBytes === null) return "size not told yet";
  if (quotaBackendBytes === null || quotaBackendBytes === 0) return formatBytes(dbSizeBytes);
  const ratio = formatRatio(dbSizeBytes / quotaBackendBytes);
  return `${formatBytes(dbSizeBytes)}, ${ratio} of the quota of ${formatBytes(quotaBackendBytes)}`;
}

/** What one bar says besides its parts: how much larger than its keys and history the file is, or why that is not known. */
export function factorWords({ factor }: LedgerRow, historyReason: string | null): string {
  if (factor !== null) return `k ${factor.toFixed(2)}`;
  return historyReason === null ? "k not known" : "k not known: history is not measured";
}

function joinWords(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
