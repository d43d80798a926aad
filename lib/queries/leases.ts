import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { LeasesAnswer, LeasesParams } from "@/lib/api/leases";
import type { Db } from "@/lib/db/client";
import { keyspaceStatus, prefix, prefixState } from "@/lib/db/schema";
import { leaseSample } from "@/lib/db/schema-metrics";
import { toKeyText } from "@/lib/model/key-text";
import type { LeaseDistribution } from "@/lib/model/leases";
import type { TimeRange } from "@/lib/model/time-range";
import { estimateOrphans } from "@/lib/queries/lease-orphans";
import { toBuckets, toQueryRange } from "@/lib/queries/query-range";
import { explainAbsence } from "@/lib/queries/source-standing";

const TOP_PREFIXES = 20;
/** Leases are looked at once a minute, more seldom where there are very many. */
const USUAL_LOOK_MS = 60_000;
const SHORTEST_STEP_SECONDS = 60;

/** What is known of a cluster's leases: their number over the range, and what the newest look in it said of a sample. */
export async function readLeases(
  db: Db,
  clusterId: number,
  params: LeasesParams,
  nowMs: number,
): Promise<LeasesAnswer> {
  const range = toQueryRange(params, nowMs);
  const looks = await listLooks(db, clusterId, range);
  const newest = await readNewestLook(db, clusterId, range);
  const leasedKeys = await readLeasedKeys(db, clusterId);
  const absence = newest ? null : await explainAbsence(db, clusterId, "leases");
  const observedMs = sumLooks(looks, range);
  return {
    leases: newest?.leases ?? null,
    leasedKeys,
    ...toDistribution(newest),
    prefixes: leasedKeys === null ? [] : await listLeasedPrefixes(db, clusterId),
    series: toSeries(looks, range),
    at: newest?.at.toISOString() ?? null,
    reason: absence && [absence.reason, absence.remedy].filter((text) => text !== null).join(" "),
    range: {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: observedMs / 1_000,
    },
    origin: "sampled",
  };
}

interface Look {
  at: Date;
  leases: number;
}

function inRange(clusterId: number, { fromMs, toMs }: TimeRange) {
  const { at } = leaseSample;
  return and(eq(leaseSample.clusterId, clusterId), gte(at, new Date(fromMs)), lt(at, new Date(toMs)));
}

function listLooks(db: Db, clusterId: number, range: TimeRange): Promise<Look[]> {
  const { at, leases } = leaseSample;
  return db.select({ at, leases }).from(leaseSample).where(inRange(clusterId, range)).orderBy(at);
}

async function readNewestLook(db: Db, clusterId: number, range: TimeRange) {
  const [row] = await db
    .select()
    .from(leaseSample)
    .where(inRange(clusterId, range))
    .orderBy(desc(leaseSample.at))
    .limit(1);
  return row;
}

function toDistribution(look: typeof leaseSample.$inferSelect | undefined) {
  if (!look) return NOTHING_SAMPLED;
  const { leases, sampledLeases, distribution } = look;
  const told = toldOfKeys(sampledLeases, distribution);
  return {
    sampledLeases,
    grantedTtls: distribution.grantedTtls,
    otherTtlLeases: distribution.otherTtlLeases,
    remainingTenths: distribution.remainingTenths,
    keysPerLease: distribution.keysPerLease,
    meanKeysPerLease: told > 0 ? distribution.keys / told : null,
    orphans: told > 0 ? distribution.orphans : null,
    estimatedOrphans: told > 0 ? estimateOrphans({ leases, sampled: told, orphans: distribution.orphans }) : null,
  };
}

const NOTHING_SAMPLED = {
  ...{ sampledLeases: null, grantedTtls: [], otherTtlLeases: 0, remainingTenths: [], keysPerLease: [] },
  ...{ meanKeysPerLease: null, orphans: null, estimatedOrphans: null },
};

/** Of the sampled leases, those that told which keys they hold. */
function toldOfKeys(sampledLeases: number, { expired, withheld = 0 }: LeaseDistribution): number {
  return Math.max(0, sampledLeases - expired - withheld);
}

/** Of the whole keyspace; null unless the model is live. */
async function readLeasedKeys(db: Db, clusterId: number): Promise<number | null> {
  const [row] = await db
    .select({ phase: keyspaceStatus.phase, leasedKeys: prefixState.leasedKeys })
    .from(keyspaceStatus)
    .innerJoin(prefixState, and(eq(prefixState.clusterId, keyspaceStatus.clusterId), eq(prefixState.slot, 0)))
    .where(eq(keyspaceStatus.clusterId, clusterId));
  return row?.phase === "live" ? row.leasedKeys : null;
}

/** The prefixes that hold the most leased keys; of one that holds no more than its only child, the child. */
async function listLeasedPrefixes(db: Db, clusterId: number): Promise<LeasesAnswer["prefixes"]> {
  const rows = await db
    .select({
      parentSlot: prefix.parentSlot,
      slot: prefix.slot,
      prefix: prefix.prefix,
      isOther: prefix.isOther,
      leasedKeys: prefixState.leasedKeys,
    })
    .from(prefix)
    .innerJoin(prefixState, and(eq(prefixState.clusterId, prefix.clusterId), eq(prefixState.slot, prefix.slot)))
    .where(and(eq(prefix.clusterId, clusterId), gte(prefixState.leasedKeys, 1)))
    .orderBy(desc(prefixState.leasedKeys), prefix.slot)
    .limit(TOP_PREFIXES * 5);
  const passedOn = new Set(
    rows.flatMap(({ slot, leasedKeys, parentSlot }) => {
      const parent = rows.find((row) => row.slot === parentSlot);
      return parent && parent.leasedKeys === leasedKeys && parent.slot !== slot ? [parent.slot] : [];
    }),
  );
  return rows
    .filter(({ slot, isOther }) => slot !== 0 && !isOther && !passedOn.has(slot))
    .slice(0, TOP_PREFIXES)
    .map((row) => {
      const { text, base64 } = toKeyText(row.prefix);
      return { prefix: text, prefixBase64: base64, leasedKeys: row.leasedKeys };
    });
}

/** What the last look said, as long as it is fresh; null where nobody looked. */
function toSeries(looks: readonly Look[], range: TimeRange): LeasesAnswer["series"] {
  const { fromMs, stepMs, atMs } = toBuckets(range, SHORTEST_STEP_SECONDS);
  const leases: (number | null)[] = atMs.map(() => null);
  const lastsMs = freshFor(looks);
  for (const [i, look] of looks.entries()) {
    const untilMs = Math.min(look.at.getTime() + lastsMs, looks[i + 1]?.at.getTime() ?? range.toMs, range.toMs);
    const first = Math.floor((look.at.getTime() - fromMs) / stepMs);
    for (let column = first; column < atMs.length && fromMs + column * stepMs < untilMs; column++) {
      leases[column] = look.leases;
    }
  }
  return { atMs, leases, stepSeconds: stepMs / 1_000 };
}

/** Twice the usual time between two looks: jitter is no gap. */
function freshFor(looks: readonly Look[]): number {
  const gapsMs = looks.slice(1).map(({ at }, i) => at.getTime() - (looks[i] as Look).at.getTime());
  const usualMs = gapsMs.sort((a, b) => a - b)[Math.floor(gapsMs.length / 2)] ?? USUAL_LOOK_MS;
  return 2 * usualMs;
}

/** How much of the range the looks speak of. */
function sumLooks(looks: readonly Look[], range: TimeRange): number {
  const lastsMs = freshFor(looks);
  return looks.reduce((sum, { at }, i) => {
    const untilMs = Math.min(looks[i + 1]?.at.getTime() ?? range.toMs, range.toMs);
    return sum + Math.min(untilMs - at.getTime(), lastsMs);
  }, 0);
}
