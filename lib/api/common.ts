import * as z from "zod";

/** How a figure came about; every answer says it. See docs/architecture.md. */
export const Origin = z.enum(["exact", "sampled", "estimated"]);
export type Origin = z.infer<typeof Origin>;

/** Presets of the time range; absolute ranges are `from` and `to`. */
export const TIME_PRESETS = ["15m", "1h", "6h", "24h", "7d", "30d"] as const;

/** A range in a query string: a preset, or two RFC 3339 instants. Half-open, `[from, to)`. */
export const RangeParams = z.object({
  range: z.enum(TIME_PRESETS).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type RangeParams = z.infer<typeof RangeParams>;

/** The range an answer speaks of, as instants, and how much of it was really watched. */
export const AnsweredRange = z.object({ from: z.string(), to: z.string(), observedSeconds: z.number() });

/** The state of the keyspace model an answer was made from. */
export const ModelState = z.object({
  phase: z.enum(["baseline", "live", "resync", "unknown"]).describe("`state` of the design"),
  revision: z.number().nullable().describe("Complete up to this revision; null while not known yet"),
  at: z.string().nullable().describe("Complete up to this instant, RFC 3339"),
  lagMs: z.number().nullable().describe("Age of `at` when the answer was made, in milliseconds"),
});
export type ModelState = z.infer<typeof ModelState>;

/** RFC 9457 problem document. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  remedy: z.string().optional().describe("What to do about it"),
  field: z.string().optional().describe("The parameter or field at fault"),
});
export type Problem = z.infer<typeof Problem>;
