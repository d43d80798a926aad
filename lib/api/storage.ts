import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin } from "@/lib/api/common";
import { getJson, sendJson } from "@/lib/api/get-json";
import { RETENTION_LEVELS } from "@/lib/model/retention";

const STORAGE_PATH = "/api/v1/storage";
const STORAGE_REFRESH_MS = 30_000;

export const StorageLevel = z.object({
  level: z.enum(RETENTION_LEVELS),
  resolution: z.string().describe("What one sample stands for, in words; frames may be set longer for a cluster"),
  keepHours: z.number(),
  minHours: z.number(),
  maxHours: z.number(),
  bytes: z.number().describe("On disk, with indexes"),
  rows: z.number().describe("As Postgres estimates them"),
  bytesPerDay: z.number().nullable().describe("What a day of it takes; null while less than an hour is kept"),
  oldest: z.string().nullable(),
  newest: z.string().nullable().describe("Where the newest sample ends"),
});
export type StorageLevel = z.infer<typeof StorageLevel>;

/** `GET /api/v1/storage`: what measurements take on disk, and how long they are kept. */
export const StorageAnswer = z.object({
  databaseBytes: z.number(),
  otherBytes: z.number().describe("Everything that is no level: prefixes and their state, members, Postgres' own"),
  inThirtyDaysBytes: z.number().nullable().describe("The database in 30 days at this pace; null: too little is kept"),
  levels: z.array(StorageLevel),
  clusters: z.array(
    z.object({ cluster: z.string(), share: z.number().describe("Of the frames of the last hour, 0 to 1") }),
  ),
  origin: Origin,
});
export type StorageAnswer = z.infer<typeof StorageAnswer>;

/** `PATCH /api/v1/storage`: hours to keep, of the levels that are to change. */
export const StoragePatch = z
  .strictObject(Object.fromEntries(RETENTION_LEVELS.map((level) => [level, z.number().int().optional()])))
  .describe("Hours to keep of each level; a coarser level is kept at least as long as a finer one");
export type StoragePatch = Partial<Record<(typeof RETENTION_LEVELS)[number], number>>;

/** What measurements take on disk. */
export function storageOptions() {
  return queryOptions({
    queryKey: ["storage"],
    queryFn: ({ signal }) => getJson<StorageAnswer>(STORAGE_PATH, {}, signal),
    refetchInterval: STORAGE_REFRESH_MS,
  });
}

/** Sets how long levels are kept. Throws an `ApiError` that names the level at fault. */
export function patchStorage(patch: StoragePatch): Promise<StorageAnswer> {
  return sendJson("PATCH", STORAGE_PATH, patch);
}
