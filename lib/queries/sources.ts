import { and, eq, inArray } from "drizzle-orm";
import type { SourceInput, SourceRow, SourcesAnswer } from "@/lib/api/sources";
import { readWebConfig } from "@/lib/config";
import type { Db } from "@/lib/db/client";
import { collectorState } from "@/lib/db/schema";
import { type ConfiguredSource, readSources, writeSource } from "@/lib/db/sources";
import { SOURCE_NAMES, type SourceName, type SourceSettings } from "@/lib/model/sources";
import { type ClusterRow, findCluster } from "@/lib/queries/clusters";
import { ConflictError, ParameterError, UnknownClusterError } from "@/lib/queries/errors";
import { readSourceFigures, type SourceFigures } from "@/lib/queries/source-figures";
import { MANAGED_REASON, SOURCE_WORDS, SOURCES_OF_ETCD } from "@/lib/queries/source-words";

/** The sources of a cluster by its id, as a page seeds them. Throws an `UnknownClusterError`. */
export async function readSourceRows(db: Db, clusterId: number): Promise<SourcesAnswer> {
  const row = await findCluster(db, String(clusterId));
  if (!row) throw new UnknownClusterError(String(clusterId));
  return listSources(db, row, { secretKey: readWebConfig().secretKey, nowMs: Date.now() });
}

/** Every source of a cluster: how it is set, how it does, and what has come. */
export async function listSources(
  db: Db,
  row: ClusterRow,
  { secretKey, nowMs }: { secretKey: Buffer; nowMs: number },
): Promise<SourcesAnswer> {
  const configured = await readSources(db, row.id, secretKey);
  const figures = await readSourceFigures(db, row.id, nowMs);
  const states = await db
    .select()
    .from(collectorState)
    .where(and(eq(collectorState.clusterId, row.id), inArray(collectorState.collector, [...SOURCE_NAMES])));
  const items = SOURCE_NAMES.map((source) => {
    const state = states.find(({ collector }) => collector === source);
    return toSourceRow(row, source, {
      ...{
        configured: configured.get(source) as ConfiguredSource,
        figures: figures.get(source) as SourceFigures,
        state,
      },
    });
  });
  return { items, nextCursor: null, editable: row.source === "settings" };
}

/**
 * Sets a source of a cluster and answers its row. Throws a `ParameterError` for a field the source does not have, and a
 * `ConflictError` where something else sets it.
 */
export async function changeSource(
  db: Db,
  row: ClusterRow,
  source: SourceName,
  { input, secretKey, nowMs }: { input: SourceInput; secretKey: Buffer; nowMs: number },
): Promise<SourceRow> {
  checkEditable(row);
  checkFields(source, input);
  const known = (await readSources(db, row.id, secretKey)).get(source) as ConfiguredSource;
  const settings = mergeSettings(known.settings, input);
  checkSettings(source, {
    enabled: input.enabled ?? known.enabled,
    settings,
    keyPem: input.keyPem ?? known.secrets.keyPem,
  });
  if (input.enabled && SOURCES_OF_ETCD.has(source) && row.endpoints.length === 0) {
    throw new ConflictError(MANAGED_REASON, { field: "enabled" });
  }
  const { bearerToken, keyPem } = input;
  await writeSource(
    db,
    row.id,
    source,
    { enabled: input.enabled, settings, secrets: { bearerToken, keyPem } },
    secretKey,
  );
  const { items } = await listSources(db, row, { secretKey, nowMs });
  return items.find((item) => item.source === source) as SourceRow;
}

function toSourceRow(
  row: ClusterRow,
  source: SourceName,
  given: {
    configured: ConfiguredSource;
    figures: SourceFigures;
    state: typeof collectorState.$inferSelect | undefined;
  },
): SourceRow {
  const { enabled, settings, secrets, secretsFault } = given.configured;
  const { at, received, faults, targets } = given.figures;
  return {
    ...{ source, enabled, urls: settings.urls ?? [], paths: settings.paths ?? [] },
    intervalSeconds: settings.intervalSeconds ?? null,
    hasBearerToken: secrets.bearerToken !== undefined,
    hasCertificate: settings.certPem !== undefined,
    hasCa: settings.caPem !== undefined,
    serverName: settings.serverName ?? null,
    ...toStanding(row, source, { enabled, secretsFault, state: given.state }),
    ...{ at: at?.toISOString() ?? null, ...SOURCE_WORDS[source] },
    ...{ received, faults, targets },
  };
}

function toStanding(
  row: ClusterRow,
  source: SourceName,
  given: { enabled: boolean; secretsFault: string | null; state: typeof collectorState.$inferSelect | undefined },
): Pick<SourceRow, "health" | "reason" | "remedy"> {
  if (row.endpoints.length === 0 && SOURCES_OF_ETCD.has(source)) {
    return { health: "off", reason: MANAGED_REASON, remedy: null };
  }
  if (!given.enabled) return { health: "off", reason: null, remedy: null };
  if (given.secretsFault !== null) return { health: "failed", reason: given.secretsFault, remedy: null };
  if (given.state === undefined) return { health: "waiting", reason: null, remedy: null };
  const { health, reason, remedy } = given.state;
  return { health, reason, remedy };
}

function checkEditable(row: ClusterRow): void {
  if (row.source === "settings") return;
  const isFile = row.source === "file";
  throw new ConflictError(
    isFile
      ? `The sources of "${row.name}" are declared in etcdscope.yaml and cannot be changed here.`
      : `"${row.name}" is the demo: etcdscope sets its sources itself.`,
    {
      remedy: isFile
        ? "Change its entry in that file and start etcdscope again."
        : "Register a cluster of your own in Settings › Clusters.",
    },
  );
}

const SCRAPED = ["enabled", "urls", "caPem", "certPem", "keyPem", "bearerToken", "serverName", "intervalSeconds"];
const FIELDS: Readonly<Record<SourceName, readonly string[]>> = {
  metrics: SCRAPED,
  apiserver: SCRAPED,
  audit: ["enabled", "paths"],
  "etcd-log": ["enabled", "paths"],
  connections: ["enabled"],
  leases: ["enabled"],
};

function checkFields(source: SourceName, input: SourceInput): void {
  const stray = Object.keys(input).find((field) => !FIELDS[source].includes(field));
  if (stray !== undefined) throw new ParameterError(stray, `the source "${source}" has no such setting`);
}

/** What is given replaces what was; an empty text or list takes it away. */
function mergeSettings(known: SourceSettings, input: SourceInput): SourceSettings {
  const { urls, caPem, certPem, serverName, paths, intervalSeconds } = input;
  const merged = { urls, caPem, certPem, serverName, paths, intervalSeconds };
  const isKept = (value: unknown) =>
    value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(
    Object.entries(merged)
      .map(([name, value]) => [name, value ?? known[name as keyof SourceSettings]] as const)
      .filter(([, value]) => isKept(value)),
  );
}

function checkSettings(
  source: SourceName,
  { enabled, settings, keyPem = "" }: { enabled: boolean; settings: SourceSettings; keyPem?: string },
): void {
  if (source === "apiserver" && enabled && settings.urls === undefined) {
    throw new ParameterError("urls", "at least one apiserver is needed, such as https://10.0.0.1:6443");
  }
  if ((settings.certPem === undefined) !== (keyPem === "")) {
    throw new ParameterError(
      settings.certPem === undefined ? "certPem" : "keyPem",
      "a client certificate needs its key, and a key its certificate",
    );
  }
}
