import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster } from "@/lib/api/refresh";

/** How far back one compares without naming an instant. */
export const COMPARE_PRESETS = ["1h", "1d", "7d", "30d"] as const;
export type ComparePreset = (typeof COMPARE_PRESETS)[number];

/** What became of a prefix between the two instants, by its live bytes (by its keys where those are equal). */
export const CHANGE_STATUSES = ["grown", "shrunk", "new", "gone", "same"] as const;
export const ChangeStatus = z.enum(CHANGE_STATUSES);
export type ChangeStatus = z.infer<typeof ChangeStatus>;

/** `GET …/{cluster}/prefixes/compare`: the children of a prefix at two instants. */
export const CompareParams = z.object({
  parent: z.string().default("").describe("Text form of the parent prefix; empty for the roots"),
  parentBase64: z.string().optional().describe("The parent's exact bytes; wins over `parent`"),
  at: z.iso.datetime({ offset: true }).optional().describe("The later instant; without it, now"),
  with: z
    .union([z.enum(COMPARE_PRESETS), z.iso.datetime({ offset: true })])
    .default("1d")
    .describe("The earlier instant, RFC 3339, or how long before the later one: 1h, 1d, 7d, 30d"),
  status: ChangeStatus.optional().describe("Only rows of this status"),
  limit: z.coerce.number().int().min(1).max(20_000).default(500).describe("What is beyond comes as one `rest` row"),
});
export type CompareParams = z.infer<typeof CompareParams>;

/** What a prefix held at an instant. */
export const HeldAt = z.object({
  keys: z.number(),
  liveBytes: z.number(),
  historyBytes: z.number().nullable().describe("Null: not measured at the time"),
});
export type HeldAt = z.infer<typeof HeldAt>;

const Change = z.object({
  before: HeldAt,
  after: HeldAt,
  changeBytes: z.number().describe("Of the live bytes"),
  changeKeys: z.number(),
  changeHistoryBytes: z.number().nullable(),
});
export type Change = z.infer<typeof Change>;

export const CompareRow = z.object({
  prefix: z.string(),
  prefixBase64: z.string().nullable(),
  kind: z
    .enum(["prefix", "other", "direct", "rest"])
    .describe(
      "`other`: children without a row of their own; `direct`: keys right below; `rest`: rows beyond the limit",
    ),
  status: ChangeStatus,
  ...Change.shape,
  hasChildren: z.boolean(),
});
export type CompareRow = z.infer<typeof CompareRow>;

/** One of the two instants: the one asked for, and the one the records really speak of. */
export const ComparedInstant = z.object({
  askedAt: z.string(),
  at: z.string().nullable().describe("Null: nothing is known of it, for `reason`"),
  resolutionSeconds: z.number().nullable().describe("To what precision; 0: complete up to `at` exactly"),
  reason: z.enum(["not-watched", "before-records"]).nullable(),
});
export type ComparedInstant = z.infer<typeof ComparedInstant>;

const StatusTotal = Change.extend({ rows: z.number() });

export const CompareAnswer = z.object({
  /** The parent itself; the changes of the items add up to its own. Null where an instant or the prefix is not known. */
  parent: z.object({ prefix: z.string(), prefixBase64: z.string().nullable(), ...Change.shape }).nullable(),
  items: z.array(CompareRow).describe("The largest change first"),
  nextCursor: z.null(),
  /** All rows by status, whatever `status` and `limit` leave of them. */
  totals: z.object({ grown: StatusTotal, shrunk: StatusTotal, new: StatusTotal, gone: StatusTotal, same: StatusTotal }),
  before: ComparedInstant,
  after: ComparedInstant,
  recordsSince: z.string().nullable().describe("Where the records of this cluster begin; null: there are none"),
  isRecorded: z.boolean().describe("False for a prefix the tree has no node of: nothing is recorded of it"),
});
export type CompareAnswer = z.infer<typeof CompareAnswer>;

const REFRESH_MS = 10_000;

/** The children of a prefix at two instants. */
export function compareOptions(cluster: string, params: z.input<typeof CompareParams>) {
  return queryOptions({
    queryKey: ["compare", cluster, params],
    queryFn: ({ signal }) => getJson<CompareAnswer>(clusterPath(cluster, "/prefixes/compare"), params, signal),
    // The past does not move; only now does.
    refetchInterval: params.at === undefined ? REFRESH_MS : false,
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
