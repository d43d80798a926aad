import { eq, getTableColumns, type InferSelectModel, is, notInArray } from "drizzle-orm";
import { type PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Db } from "@/lib/db/client";
import * as schema from "@/lib/db/schema";
import { type ClusterSource, cluster } from "@/lib/db/schema";
import * as healthSchema from "@/lib/db/schema-health";
import * as metricsSchema from "@/lib/db/schema-metrics";
import * as sourcesSchema from "@/lib/db/schema-sources";
import { openSecret, sealSecret } from "@/lib/db/secret-box";
import type { ClusterAccess } from "@/lib/model/questions";

const UNIQUE_VIOLATION = "23505";
const DEADLOCK = "40P01";
const REMOVE_ATTEMPTS = 5;

export type ClusterRow = InferSelectModel<typeof cluster>;

/** A cluster as someone declared it: its name and how to reach it. */
export interface DeclaredCluster {
  name: string;
  access: ClusterAccess;
}

/** The name is in use; the message is a sentence for the reader. */
export class ClusterNameTakenError extends Error {
  constructor(readonly clusterName: string) {
    super(`A cluster named "${clusterName}" is already registered; choose another name or remove that cluster first.`);
    this.name = "ClusterNameTakenError";
  }
}

/** Registers a cluster and answers its id. Throws `ClusterNameTakenError`. */
export async function addCluster(
  db: Db,
  { name, source, access }: DeclaredCluster & { source: ClusterSource },
  secretKey: Buffer,
): Promise<number> {
  const [added] = await db
    .insert(cluster)
    .values({ name, source, ...toAccessColumns(access, secretKey) })
    .onConflictDoNothing()
    .returning({ id: cluster.id });
  if (!added) throw new ClusterNameTakenError(name);
  return added.id;
}

/** What of a cluster can be changed besides how to reach it. */
export interface ClusterChange {
  name?: string;
  paused?: boolean;
  scanShare?: number;
  frameSeconds?: number;
  hashCheckHours?: number | null;
}

/** Renames, pauses, resumes or adjusts a cluster. False when there is none; throws `ClusterNameTakenError`. */
export async function updateCluster(db: Db, id: number, change: ClusterChange): Promise<boolean> {
  if (Object.values(change).every((value) => value === undefined)) {
    return (await db.select({ id: cluster.id }).from(cluster).where(eq(cluster.id, id))).length > 0;
  }
  try {
    const rows = await db.update(cluster).set(change).where(eq(cluster.id, id)).returning({ id: cluster.id });
    return rows.length > 0;
  } catch (error) {
    if (change.name !== undefined && hasCode(error, UNIQUE_VIOLATION)) throw new ClusterNameTakenError(change.name);
    throw error;
  }
}

/**
 * Removes a cluster with all that was learned about it. False when there is no such cluster. A worker that is still
 * writing for it can make Postgres break the two apart; then it is tried again.
 */
export async function removeCluster(db: Db, id: number): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await deleteCluster(db, id);
    } catch (error) {
      if (attempt === REMOVE_ATTEMPTS || !hasCode(error, DEADLOCK)) throw error;
    }
  }
}

async function deleteCluster(db: Db, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const removed = await tx.delete(cluster).where(eq(cluster.id, id)).returning({ id: cluster.id });
    for (const { table, clusterId } of clusterTables()) await tx.delete(table).where(eq(clusterId, id));
    return removed.length > 0;
  });
}

/** Deletes what a worker still wrote for a cluster while it was being removed. Ids are never given twice. */
export async function removeOrphanedRows(db: Db): Promise<void> {
  const known = db.select({ id: cluster.id }).from(cluster);
  for (const { table, clusterId } of clusterTables()) await db.delete(table).where(notInArray(clusterId, known));
}

/** How to reach a registered cluster, secrets opened. Throws a `SecretBoxError` when the secret key is another. */
export function readClusterAccess(row: ClusterRow, secretKey: Buffer): ClusterAccess {
  const access: ClusterAccess = { endpoints: row.endpoints };
  if (row.caPem !== null) access.caPem = row.caPem;
  if (row.certPem !== null) access.certPem = row.certPem;
  if (row.keySealed !== null) access.keyPem = openSecret(row.keySealed, secretKey);
  if (row.serverName !== null) access.serverName = row.serverName;
  if (row.username !== null) access.username = row.username;
  if (row.passwordSealed !== null) access.password = openSecret(row.passwordSealed, secretKey);
  return access;
}

/**
 * Makes the clusters of the configuration file be those of source `file`: new names are added, known ones changed.
 * A cluster that the file no longer names stays with its data, paused, and can then be edited.
 */
export async function declareClusters(db: Db, declared: readonly DeclaredCluster[], secretKey: Buffer): Promise<void> {
  await db.transaction(async (tx) => {
    const rows = await tx.select().from(cluster).for("update");
    const names = new Set(declared.map((entry) => entry.name));
    for (const row of rows) {
      if (row.source === "file" && !names.has(row.name)) {
        await tx.update(cluster).set({ source: "settings", paused: true }).where(eq(cluster.id, row.id));
      }
    }
    for (const entry of declared) await putCluster(tx, { ...entry, source: "file" }, secretKey);
  });
}

/** Lets go of all clusters of the configuration file, when a start has none: they go on, and can be edited. */
export async function releaseFileClusters(db: Db): Promise<void> {
  await db.update(cluster).set({ source: "settings" }).where(eq(cluster.source, "file"));
}

/**
 * Adds the cluster, or makes the one of that name be reached as declared. A demo of that name gives way. Writes nothing
 * when nothing changes, so that a running worker keeps its connection. Answers the id.
 */
export async function putCluster(
  db: Db,
  declared: DeclaredCluster & { source: Exclude<ClusterSource, "demo"> },
  secretKey: Buffer,
): Promise<number> {
  const [row] = await db.select().from(cluster).where(eq(cluster.name, declared.name));
  if (row?.source === "demo") await removeCluster(db, row.id);
  if (!row || row.source === "demo") return addCluster(db, declared, secretKey);
  const isResumed = row.source !== declared.source;
  if (!isResumed && isSameAccess(row, declared.access, secretKey)) return row.id;
  await db
    .update(cluster)
    .set({
      source: declared.source,
      paused: isResumed ? false : row.paused,
      ...toAccessColumns(declared.access, secretKey),
    })
    .where(eq(cluster.id, row.id));
  return row.id;
}

function toAccessColumns(access: ClusterAccess, secretKey: Buffer) {
  return {
    endpoints: access.endpoints,
    caPem: access.caPem ?? null,
    certPem: access.certPem ?? null,
    keySealed: access.keyPem === undefined ? null : sealSecret(access.keyPem, secretKey),
    serverName: access.serverName ?? null,
    username: access.username ?? null,
    passwordSealed: access.password === undefined ? null : sealSecret(access.password, secretKey),
  };
}

function isSameAccess(row: ClusterRow, access: ClusterAccess, secretKey: Buffer): boolean {
  const same = (["caPem", "certPem", "serverName", "username"] as const).every(
    (field) => row[field] === (access[field] ?? null),
  );
  if (!same || row.endpoints.join("\n") !== access.endpoints.join("\n")) return false;
  return (
    isSameSecret(row.keySealed, access.keyPem, secretKey) &&
    isSameSecret(row.passwordSealed, access.password, secretKey)
  );
}

function isSameSecret(sealed: Buffer | null, secret: string | undefined, secretKey: Buffer): boolean {
  if (sealed === null || secret === undefined) return sealed === null && secret === undefined;
  try {
    return openSecret(sealed, secretKey) === secret;
  } catch {
    return false; // sealed with a lost key: the declaration brings it anew
  }
}

/** Every table of the schema that has a cluster id: the measurements, and the questions about a cluster. */
function clusterTables(): { table: PgTable; clusterId: PgColumn }[] {
  const exported: unknown[] = [schema, healthSchema, metricsSchema, sourcesSchema].flatMap((file) =>
    Object.values(file),
  );
  const tables = exported.filter((one): one is PgTable => is(one, PgTable));
  return tables.flatMap((table) => {
    const clusterId = (getTableColumns(table) as Record<string, PgColumn>).clusterId;
    return clusterId ? [{ table, clusterId }] : [];
  });
}

/** Whether an error, or what drizzle wrapped, is the Postgres error of this SQLSTATE. */
function hasCode(error: unknown, code: string): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "code" in cause && cause.code === code;
}
