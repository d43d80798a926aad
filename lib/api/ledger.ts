import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { ModelState } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { LIVE_REFRESH_MS } from "@/lib/api/refresh";
import { LEDGER_THINGS } from "@/lib/model/ledger";

/** The file of one member, taken apart. The parts add up to `dbSizeBytes`. */
export const LedgerRow = z.object({
  memberId: z.string(),
  name: z.string(),
  isLeader: z.boolean(),
  dbSizeBytes: z.number().nullable().describe("Null: the member has not told its size yet, and there are no parts"),
  dbSizeInUseBytes: z.number().nullable(),
  quotaBackendBytes: z.number().nullable().describe("Null where the version does not report it (3.5 and older)"),
  liveBytes: z.number().nullable().describe("Keys and values as they are now"),
  historyBytes: z.number().nullable().describe("Superseded revisions and tombstones; compaction frees them"),
  overheadBytes: z.number().nullable().describe("dbSizeInUse − live − history: pages and index"),
  freeBytes: z.number().nullable().describe("dbSize − dbSizeInUse: defragmentation gives it back"),
  parts: z.array(
    z.object({
      covers: z.array(z.enum(LEDGER_THINGS)).describe("More than one where they cannot be told apart"),
      bytes: z.number(),
    }),
  ),
  factor: z
    .number()
    .nullable()
    .describe("k = dbSizeInUse / (live + history + 80 × revisions); above 2 estimates are not to be trusted"),
  notes: z.array(z.string()).describe("What one must know to read the row, a sentence each"),
  sampledAt: z.string().nullable().describe("When the member told its sizes"),
  failure: z.string().nullable().describe("Why it does not answer now; null while it does"),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

/** `GET …/{cluster}/ledger`: what fills the file of each member. Live and history are exact, file sizes sampled. */
export const LedgerAnswer = z.object({
  items: z.array(LedgerRow),
  nextCursor: z.null(),
  state: ModelState.shape.phase,
  revision: ModelState.shape.revision,
  at: ModelState.shape.at,
  lagMs: ModelState.shape.lagMs,
  historyReason: z.string().nullable().describe("Why history is not known, in plain words; null while it is"),
  compactRevision: z.number().nullable(),
});
export type LedgerAnswer = z.infer<typeof LedgerAnswer>;

/** What fills the file of each member. */
export function ledgerOptions(cluster: string) {
  return queryOptions({
    queryKey: ["ledger", cluster],
    queryFn: ({ signal }) => getJson<LedgerAnswer>(clusterPath(cluster, "/ledger"), {}, signal),
    refetchInterval: LIVE_REFRESH_MS,
  });
}
