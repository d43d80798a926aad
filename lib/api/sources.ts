import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { SOURCE_NAMES } from "@/lib/model/sources";

const REFRESH_MS = 5_000;
const Source = z.enum(SOURCE_NAMES);
const pem = z.string().max(100_000);

/** How a source is set; a secret that is not given stays, an empty one is removed. */
export const SourceInput = z.strictObject({
  enabled: z.boolean().optional(),
  urls: z
    .array(z.url({ protocol: /^https?$/ }).max(2_000))
    .max(50)
    .optional(),
  caPem: pem.optional(),
  certPem: pem.optional(),
  keyPem: pem.optional(),
  bearerToken: z.string().max(20_000).optional(),
  serverName: z.string().trim().max(300).optional(),
  paths: z.array(z.string().startsWith("/").max(4_000)).max(50).optional(),
  intervalSeconds: z.number().int().min(5).max(600).optional(),
});
export type SourceInput = z.infer<typeof SourceInput>;

/** One source of a cluster, how it is set and how it does. */
export const SourceRow = z.object({
  source: Source,
  enabled: z.boolean(),
  urls: z.array(z.string()),
  paths: z.array(z.string()),
  intervalSeconds: z.number().nullable(),
  hasBearerToken: z.boolean(),
  hasCertificate: z.boolean(),
  hasCa: z.boolean(),
  serverName: z.string().nullable(),
  /** `off`, `waiting` (on, nothing has come yet), or how its collector does. */
  health: z.enum(["ok", "degraded", "failed", "waiting", "off"]),
  reason: z.string().nullable(),
  remedy: z.string().nullable(),
  /** The newest it has told. */
  at: z.string().nullable(),
  /** What can be known through it, and what cannot, one sentence each. */
  tells: z.string(),
  cannotTell: z.string(),
  /** Events or samples of the last hour, and those of them that could not be used, by why. */
  received: z.number().nullable(),
  faults: z.array(z.object({ fault: z.string(), label: z.string(), events: z.number() })),
  targets: z.array(
    z.object({
      url: z.string(),
      failure: z.string().nullable(),
      at: z.string().nullable(),
      scrapeMs: z.number().nullable(),
      bodyBytes: z.number().nullable(),
      samples: z.number().nullable(),
    }),
  ),
});
export type SourceRow = z.infer<typeof SourceRow>;
/** `GET …/{cluster}/sources`; `PATCH …/{cluster}/sources/{source}` takes a `SourceInput` and answers the row. */
export const SourcesAnswer = z.object({
  items: z.array(SourceRow),
  nextCursor: z.null(),
  /** Clusters of a file or the demo are not edited here. */
  editable: z.boolean(),
});
export type SourcesAnswer = z.infer<typeof SourcesAnswer>;

/** `POST …/{cluster}/tokens`. */
export const TokenInput = z.strictObject({ name: z.string().trim().min(1).max(100) });
export type TokenInput = z.infer<typeof TokenInput>;
export const TokenRow = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type TokenRow = z.infer<typeof TokenRow>;
export const TokensAnswer = z.object({ items: z.array(TokenRow), nextCursor: z.null() });
export type TokensAnswer = z.infer<typeof TokensAnswer>;
/** The only answer that holds the secret. */
export const CreatedToken = TokenRow.extend({ token: z.string() });
export type CreatedToken = z.infer<typeof CreatedToken>;

/** What an ingest endpoint answers when it has taken a batch. */
export const IngestAnswer = z.object({
  accepted: z.number().describe("Events that will be counted, repetitions included"),
  refused: z.number().describe("Events or lines that could not be used; the reasons are counted in `sources`"),
});
export type IngestAnswer = z.infer<typeof IngestAnswer>;

/** `POST /api/v1/ingest/{cluster}/connections`, as `etcdscope agent` sends it. */
export const ConnectionsReport = z.strictObject({
  reporter: z.string().trim().min(1).max(200).describe("The member's name"),
  at: z.iso.datetime({ offset: true }),
  clients: z
    .array(z.object({ address: z.string().max(100), connections: z.number().int().min(0).max(10_000_000) }))
    .max(10_000),
});
export type ConnectionsReport = z.infer<typeof ConnectionsReport>;

/** The sources of a cluster. */
export function sourcesOptions(cluster: string) {
  return queryOptions({
    queryKey: ["sources", cluster],
    queryFn: ({ signal }) => getJson<SourcesAnswer>(clusterPath(cluster, "/sources"), {}, signal),
    refetchInterval: REFRESH_MS,
  });
}

/** Who may send events of a cluster. */
export function tokensOptions(cluster: string) {
  return queryOptions({
    queryKey: ["tokens", cluster],
    queryFn: ({ signal }) => getJson<TokensAnswer>(clusterPath(cluster, "/tokens"), {}, signal),
    refetchInterval: REFRESH_MS,
  });
}
