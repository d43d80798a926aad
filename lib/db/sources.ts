import { and, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { clusterSource } from "@/lib/db/schema-sources";
import { openSecret, SecretBoxError, sealSecret } from "@/lib/db/secret-box";
import {
  DEFAULT_ENABLED,
  SOURCE_NAMES,
  type SourceName,
  type SourceSecrets,
  type SourceSettings,
} from "@/lib/model/sources";

/** A source as the worker needs it. */
export interface ConfiguredSource {
  enabled: boolean;
  settings: SourceSettings;
  secrets: SourceSecrets;
  /** Why its secrets cannot be opened, a sentence for the reader; `secrets` is empty then. Null: they can. */
  secretsFault: string | null;
}

/** A source as someone set it. A secret that is not given stays, an empty one goes. */
export interface SourceChange {
  enabled?: boolean;
  settings?: SourceSettings;
  secrets?: SourceSecrets;
}

/** Every source of a cluster, set or not, secrets opened. */
export async function readSources(
  db: Db,
  clusterId: number,
  secretKey: Buffer,
): Promise<Map<SourceName, ConfiguredSource>> {
  const rows = await db.select().from(clusterSource).where(eq(clusterSource.clusterId, clusterId));
  return new Map(
    SOURCE_NAMES.map((source) => {
      const row = rows.find((candidate) => candidate.source === source);
      if (!row) return [source, { enabled: DEFAULT_ENABLED[source], settings: {}, ...openSecrets(null, secretKey) }];
      const { enabled, settings, secretsSealed } = row;
      return [source, { enabled, settings, ...openSecrets(secretsSealed, secretKey) }];
    }),
  );
}

/**
 * Sets a source of a cluster: what `change` names replaces what was, the rest stays. Secrets merge one by one. Writes
 * nothing when nothing changes, so that a running collector is not disturbed.
 */
export async function writeSource(
  db: Db,
  clusterId: number,
  source: SourceName,
  change: SourceChange,
  secretKey: Buffer,
): Promise<void> {
  await db.transaction(async (tx) => {
    const where = and(eq(clusterSource.clusterId, clusterId), eq(clusterSource.source, source));
    const [row] = await tx.select().from(clusterSource).where(where).for("update");
    const enabled = change.enabled ?? row?.enabled ?? DEFAULT_ENABLED[source];
    const settings = change.settings ?? row?.settings ?? {};
    const secretsSealed = resealSecrets(row?.secretsSealed ?? null, change.secrets ?? {}, secretKey);
    const isSame =
      row !== undefined &&
      row.enabled === enabled &&
      row.secretsSealed === secretsSealed &&
      JSON.stringify(row.settings) === JSON.stringify(settings);
    if (isSame) return;
    await tx
      .insert(clusterSource)
      .values({ clusterId, source, enabled, settings, secretsSealed })
      .onConflictDoUpdate({
        target: [clusterSource.clusterId, clusterSource.source],
        set: { enabled, settings, secretsSealed },
      });
    await tx.execute(sql`select pg_notify('cluster', '')`); // heard by the worker once this is committed
  });
}

function openSecrets(sealed: Buffer | null, secretKey: Buffer): Pick<ConfiguredSource, "secrets" | "secretsFault"> {
  if (sealed === null) return { secrets: {}, secretsFault: null };
  try {
    return { secrets: JSON.parse(openSecret(sealed, secretKey)) as SourceSecrets, secretsFault: null };
  } catch (error) {
    if (error instanceof SecretBoxError) return { secrets: {}, secretsFault: error.message };
    throw error;
  }
}

/** The stored secrets with those given; the very same buffer when nothing changes. Those of a lost key are given up then. */
function resealSecrets(sealed: Buffer | null, given: SourceSecrets, secretKey: Buffer): Buffer | null {
  const { secrets: known } = openSecrets(sealed, secretKey);
  const changed = SECRET_NAMES.filter((name) => given[name] !== undefined && given[name] !== (known[name] ?? ""));
  if (changed.length === 0) return sealed;
  const merged: SourceSecrets = {};
  for (const name of SECRET_NAMES) {
    const secret = given[name] ?? known[name];
    if (secret !== undefined && secret !== "") merged[name] = secret;
  }
  return Object.keys(merged).length === 0 ? null : sealSecret(JSON.stringify(merged), secretKey);
}

const SECRET_NAMES = ["bearerToken", "keyPem"] as const satisfies readonly (keyof SourceSecrets)[];
