import { createHash } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { PageSeries } from "@/collectors/metrics/page-reader";
import type { Db } from "@/lib/db/client";
import { metricSeries } from "@/lib/db/schema-metrics";
import type { MetricSource } from "@/lib/model/metrics";

/** A cluster's dictionary does not grow beyond this: whose labels never end would fill the disk. */
export const MAX_CLUSTER_SERIES = 200_000;
const BATCH_ROWS = 1_000;
/** Of Postgres' advisory locks, the one that gives out numbers of series and targets. */
const NUMBERING_LOCK = 0x6d657472;

/** The series of a source by their numbers, the same for all its targets and for ever. */
export class SeriesDictionary {
  #db: Db;
  #clusterId: number;
  #source: MetricSource;
  /** By the key of the page. */
  #ids = new Map<string, number>();
  /** Those of earlier runs that no page has named yet, by digest; null before they were read. */
  #stored: Map<string, number> | null = null;
  #learning: Promise<void> = Promise.resolve();

  constructor(db: Db, clusterId: number, source: MetricSource) {
    this.#db = db;
    this.#clusterId = clusterId;
    this.#source = source;
  }

  /** The number of a series; undefined before `learn`, and where the dictionary is full. */
  idOf(key: string): number | undefined {
    return this.#ids.get(key);
  }

  /** Numbers the series that have none yet; one page after the other. */
  learn(series: Iterable<PageSeries>): Promise<void> {
    const learning = this.#learning.catch(() => undefined).then(() => this.#learn(series));
    this.#learning = learning;
    return learning;
  }

  async #learn(series: Iterable<PageSeries>): Promise<void> {
    const unknown = [...series].filter(({ key }) => !this.#ids.has(key));
    if (unknown.length === 0) return;
    this.#stored ??= await this.#readStored();
    const fresh: PageSeries[] = [];
    for (const one of unknown) {
      const digest = digestOf(this.#source, one).toString("hex");
      const id = this.#stored.get(digest);
      this.#stored.delete(digest);
      if (id === undefined) fresh.push(one);
      else this.#ids.set(one.key, id);
    }
    if (fresh.length > 0) await this.#add(fresh);
  }

  async #readStored(): Promise<Map<string, number>> {
    const rows = await this.#db
      .select({ id: metricSeries.seriesId, digest: metricSeries.digest })
      .from(metricSeries)
      .where(and(eq(metricSeries.clusterId, this.#clusterId), eq(metricSeries.source, this.#source)));
    return new Map(rows.map(({ id, digest }) => [digest.toString("hex"), id]));
  }

  async #add(fresh: readonly PageSeries[]): Promise<void> {
    const numbered = await this.#db.transaction(async (tx) => {
      await lockNumbering(tx, this.#clusterId);
      const nextId = await nextNumber(tx, this.#clusterId);
      const rows = fresh
        .slice(0, Math.max(0, MAX_CLUSTER_SERIES - nextId))
        .map((one, i) => ({ key: one.key, row: this.#toRow(one, nextId + i) }));
      for (let start = 0; start < rows.length; start += BATCH_ROWS) {
        await tx.insert(metricSeries).values(rows.slice(start, start + BATCH_ROWS).map(({ row }) => row));
      }
      return rows;
    });
    for (const { key, row } of numbered) this.#ids.set(key, row.seriesId);
  }

  #toRow(one: PageSeries, seriesId: number) {
    const { name, labels, kind } = one;
    const digest = digestOf(this.#source, one);
    return { clusterId: this.#clusterId, seriesId, source: this.#source, name, labels, kind, digest };
  }
}

/** Holds back others who number series or targets of this cluster, until the transaction ends. */
export async function lockNumbering(tx: Db, clusterId: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${NUMBERING_LOCK}, ${clusterId % 2 ** 31})`);
}

async function nextNumber(tx: Db, clusterId: number): Promise<number> {
  const [row] = await tx
    .select({ next: sql`coalesce(max(${metricSeries.seriesId}) + 1, 0)`.mapWith(Number) })
    .from(metricSeries)
    .where(eq(metricSeries.clusterId, clusterId));
  return row?.next ?? 0;
}

/** SHA-256 over source, name and the labels by name. */
function digestOf(source: MetricSource, { name, labels }: PageSeries): Buffer {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([source, name, sorted]))
    .digest();
}
