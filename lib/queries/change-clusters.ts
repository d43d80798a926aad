import type { AccessInput, ClusterInput, ClusterPatch, TestAnswer } from "@/lib/api/clusters";
import type { Db } from "@/lib/db/client";
import { addCluster, ClusterNameTakenError, readClusterAccess, removeCluster, updateCluster } from "@/lib/db/clusters";
import { SecretBoxError, sealSecret } from "@/lib/db/secret-box";
import type { ClusterAccess } from "@/lib/model/questions";
import { askWorker } from "@/lib/queries/ask-worker";
import { type ClusterRow, findCluster } from "@/lib/queries/clusters";
import { ConflictError, UnknownClusterError } from "@/lib/queries/errors";
import { changeSource } from "@/lib/queries/sources";

/** A test tries every endpoint, each with its own patience. */
const TEST_TIMEOUT_MS = 30_000;

/**
 * Registers a cluster, with its apiservers where they are given, and answers its id; the worker begins to watch it.
 * Throws a `ConflictError` for a taken name, and a `ParameterError` for apiservers that cannot be read so.
 */
export async function registerCluster(db: Db, input: ClusterInput, secretKey: Buffer): Promise<number> {
  const { name, managed: _isWithoutEndpoints, apiserver, ...access } = input;
  try {
    return await db.transaction(async (tx) => {
      const id = await addCluster(tx, { name, source: "settings", access }, secretKey);
      if (apiserver === undefined) return id;
      const change = { input: { enabled: true, ...apiserver }, secretKey, nowMs: Date.now() };
      await changeSource(tx, await findKnown(tx, String(id)), "apiserver", change);
      return id;
    });
  } catch (error) {
    throw toConflict(error);
  }
}

/**
 * Renames, pauses, resumes or adjusts a cluster; answers its id. The name of one that the file declares cannot be
 * changed: a `ConflictError`. How much it may be read is not the file's to say.
 */
export async function changeCluster(db: Db, nameOrId: string, patch: ClusterPatch): Promise<number> {
  const row = await (patch.name === undefined ? findKnown(db, nameOrId) : findEditable(db, nameOrId));
  try {
    if (!(await updateCluster(db, row.id, patch))) throw new UnknownClusterError(nameOrId);
  } catch (error) {
    throw toConflict(error);
  }
  return row.id;
}

/** Removes a cluster with all that was learned about it. Throws a `ConflictError` where the file declares it. */
export async function forgetCluster(db: Db, nameOrId: string): Promise<void> {
  const row = await findEditable(db, nameOrId);
  await removeCluster(db, row.id);
}

/** Tries to reach and read a cluster that is not registered yet. Throws what `askWorker` throws. */
export async function testAccess(db: Db, access: AccessInput, secretKey: Buffer): Promise<TestAnswer> {
  return askTest(db, access, secretKey);
}

/** Tries a registered cluster with what is stored of it. */
export async function testCluster(db: Db, nameOrId: string, secretKey: Buffer): Promise<TestAnswer> {
  const row = await findKnown(db, nameOrId);
  if (row.endpoints.length === 0)
    throw new ConflictError(`The cluster "${row.name}" has no etcd endpoint to test.`, {});
  try {
    return await askTest(db, readClusterAccess(row, secretKey), secretKey);
  } catch (error) {
    throw toConflict(error);
  }
}

function askTest(db: Db, access: ClusterAccess, secretKey: Buffer): Promise<TestAnswer> {
  const accessSealedBase64 = sealSecret(JSON.stringify(access), secretKey).toString("base64");
  return askWorker(db, null, "test-connection", { accessSealedBase64 }, { timeoutMs: TEST_TIMEOUT_MS });
}

async function findKnown(db: Db, nameOrId: string): Promise<ClusterRow> {
  const row = await findCluster(db, nameOrId);
  if (!row) throw new UnknownClusterError(nameOrId);
  return row;
}

async function findEditable(db: Db, nameOrId: string): Promise<ClusterRow> {
  const row = await findKnown(db, nameOrId);
  if (row.source !== "file") return row;
  throw new ConflictError(`The cluster "${row.name}" is declared in etcdscope.yaml and cannot be changed here.`, {
    remedy: "Change or remove its entry in that file and start etcdscope again.",
  });
}

function toConflict(error: unknown): unknown {
  if (error instanceof ClusterNameTakenError) return new ConflictError(error.message, { field: "name" });
  if (error instanceof SecretBoxError) return new ConflictError(error.message, {});
  return error;
}
