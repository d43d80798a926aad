import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, vi } from "vitest";
import { CaptureDesk } from "@/collectors/capture/capture-desk";
import type { ClusterSet } from "@/collectors/cluster-set";
import type { KeyspaceCollector } from "@/collectors/keyspace/keyspace";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { addCluster } from "@/lib/db/clusters";
import { capture } from "@/lib/db/schema-health";
import type { CaptureReport } from "@/lib/model/capture";
import { decodeCaptureReport } from "@/lib/model/capture-codec";
import { runTestCollector } from "@/tests/support/collector";
import type { TestDb } from "@/tests/support/db";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

/** The keyspace collector and the capture desk of one cluster, as a worker runs them, and what a reader does with them. */
export class TestCaptures {
  readonly #stops: (() => Promise<unknown>)[];

  private constructor(
    private readonly test: TestDb,
    readonly clusterId: number,
    readonly collector: KeyspaceCollector,
    readonly store: TrafficStore,
    stops: (() => Promise<unknown>)[],
  ) {
    this.#stops = stops;
  }

  /** Answers when the model is live. */
  static async start(test: TestDb, endpoint: string): Promise<TestCaptures> {
    const { db, sql } = test;
    const access = { endpoints: [endpoint] };
    const clusterId = await addCluster(db, { name: randomUUID(), source: "settings", access }, TEST_SECRET_KEY);
    const { collector, stop: stopCollector } = runTestCollector({ db, access, clusterId });
    const store = new TrafficStore(db);
    const get = (id: number) => (id === clusterId ? { keyspace: collector } : undefined);
    const clusters = { get } as unknown as Pick<ClusterSet, "get">;
    const ending = new AbortController();
    const serving = new CaptureDesk({ db, sql, clusters, observers: store.observers }).run(ending.signal);
    const stopDesk = () => {
      ending.abort();
      return serving;
    };
    await vi.waitFor(() => expect(collector.live()).not.toBeNull(), { timeout: 120_000 });
    return new TestCaptures(test, clusterId, collector, store, [stopDesk, stopCollector]);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }

  /** Asks for a session of any length and answers its id. */
  async ask(seconds: number, state: "waiting" | "running" = "waiting"): Promise<string> {
    const { clusterId } = this;
    const [row] = await this.test.db
      .insert(capture)
      .values({ clusterId, seconds, state })
      .returning({ id: capture.id });
    await this.test.sql.notify("capture", "");
    return (row as { id: string }).id;
  }

  async remove(id: string): Promise<void> {
    await this.test.db.delete(capture).where(eq(capture.id, id));
    await this.test.sql.notify("capture", "");
  }

  async read(id: string) {
    const [row] = await this.test.db.select().from(capture).where(eq(capture.id, id));
    return row;
  }

  async stateOf(id: string) {
    return (await this.read(id))?.state;
  }

  async reportOf(id: string): Promise<CaptureReport> {
    const { format, payload } = (await this.read(id)) as { format: number; payload: Buffer };
    return decodeCaptureReport(format, payload);
  }

  /** Waits for the end of a session. */
  async finished(id: string) {
    await expect.poll(() => this.stateOf(id), { timeout: 120_000 }).toBe("done");
    const row = (await this.read(id)) as NonNullable<Awaited<ReturnType<TestCaptures["read"]>>>;
    const report = await this.reportOf(id);
    expect(row.summary).toEqual(report.summary);
    return { row, report, summary: report.summary };
  }
}
