import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { Origin } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";

export const ConfigurationItem = z.object({
  id: z.string(),
  setting: z.string(),
  values: z.array(
    z.object({
      member: z.string(),
      value: z.string().nullable(),
      why: z.string().nullable().describe("Why the value is not known"),
    }),
  ),
  verdict: z.enum(["ok", "warn", "unknown"]),
  sentence: z.string(),
  source: z.object({ name: z.string(), url: z.string() }),
});
export type ConfigurationItem = z.infer<typeof ConfigurationItem>;

/** `GET …/{cluster}/members/configuration`: how the members are set up, as far as they tell. */
export const ConfigurationAnswer = z.object({
  items: z.array(ConfigurationItem),
  nextCursor: z.null(),
  at: z.string(),
  origin: Origin,
});
export type ConfigurationAnswer = z.infer<typeof ConfigurationAnswer>;

const REFRESH_MS = 60_000;

/** How the members are set up. */
export function configurationOptions(cluster: string) {
  return queryOptions({
    queryKey: ["member-configuration", cluster],
    queryFn: ({ signal }) => getJson<ConfigurationAnswer>(clusterPath(cluster, "/members/configuration"), {}, signal),
    refetchInterval: REFRESH_MS,
  });
}
