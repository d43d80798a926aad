import { createHash, randomBytes } from "node:crypto";
import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type { CreatedToken, TokenRow, TokensAnswer } from "@/lib/api/sources";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { clusterSource, ingestToken } from "@/lib/db/schema-sources";
import type { SourceName } from "@/lib/model/sources";
import { UnknownTokenError } from "@/lib/queries/errors";

/** So that a token is known for what it is where it turns up. */
const PREFIX = "etcdscope_";
const SECRET_BYTES = 32;
const MAX_TOKENS = 1_000;

/** Makes a token for the sources of a cluster. Its secret is in this answer and nowhere else. */
export async function createToken(db: Db, clusterId: number, name: string): Promise<CreatedToken> {
  const token = PREFIX + randomBytes(SECRET_BYTES).toString("base64url");
  const [row] = await db
    .insert(ingestToken)
    .values({ clusterId, name, secretSha256: sha256(token) })
    .returning();
  if (!row) throw new Error("a token was inserted but not returned");
  return { ...toTokenRow(row), token };
}

/** The tokens of a cluster, those that are valid first, the newest first. */
export async function listTokens(db: Db, clusterId: number): Promise<TokensAnswer> {
  const rows = await db
    .select()
    .from(ingestToken)
    .where(eq(ingestToken.clusterId, clusterId))
    .orderBy(desc(isNull(ingestToken.revokedAt)), desc(ingestToken.createdAt), asc(ingestToken.id))
    .limit(MAX_TOKENS);
  return { items: rows.map(toTokenRow), nextCursor: null };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Makes a token worthless; once more does nothing. Throws an `UnknownTokenError`. */
export async function revokeToken(db: Db, clusterId: number, id: string): Promise<void> {
  if (!UUID.test(id)) throw new UnknownTokenError(id);
  const rows = await db
    .update(ingestToken)
    .set({ revokedAt: sql`coalesce(${ingestToken.revokedAt}, now())` })
    .where(and(eq(ingestToken.clusterId, clusterId), eq(ingestToken.id, id)))
    .returning({ id: ingestToken.id });
  if (rows.length === 0) throw new UnknownTokenError(id);
}

/** Whose a token is. */
export interface TokenOwner {
  tokenId: string;
  clusterId: number;
  clusterName: string;
  /** Sources of that cluster that are switched off. */
  sourcesOff: SourceName[];
}

/** The cluster that a secret is good for; null when it is nobody's, or revoked. */
export async function findTokenOwner(db: Db, secretSha256: Buffer): Promise<TokenOwner | null> {
  const [owner] = await db
    .select({ tokenId: ingestToken.id, clusterId: ingestToken.clusterId, clusterName: cluster.name })
    .from(ingestToken)
    .innerJoin(cluster, eq(cluster.id, ingestToken.clusterId))
    .where(and(eq(ingestToken.secretSha256, secretSha256), isNull(ingestToken.revokedAt)))
    .limit(1);
  if (!owner) return null;
  const off = await db
    .select({ source: clusterSource.source })
    .from(clusterSource)
    .where(and(eq(clusterSource.clusterId, owner.clusterId), eq(clusterSource.enabled, false)));
  return { ...owner, sourcesOff: off.map(({ source }) => source) };
}

/** Notes that a token was used. */
export async function touchToken(db: Db, { clusterId, tokenId }: TokenOwner, at: Date): Promise<void> {
  await db
    .update(ingestToken)
    .set({ lastUsedAt: at })
    .where(and(eq(ingestToken.clusterId, clusterId), eq(ingestToken.id, tokenId)));
}

/** What is stored of a secret. */
export function sha256(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function toTokenRow(row: typeof ingestToken.$inferSelect): TokenRow {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
