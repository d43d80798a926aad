import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { and, eq, isNull, ne } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDb, openDb } from "@/lib/db/client";
import { addCluster } from "@/lib/db/clusters";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { migrateDb } from "@/lib/db/migrate";
import { collectorState } from "@/lib/db/schema";
import { fileCursor, ingestBatch, ingestFault } from "@/lib/db/schema-sources";
import { writeSource } from "@/lib/db/sources";
import { countByCell, readAuditLines } from "@/tests/support/audit-file";
import { sendAudit } from "@/tests/support/ingest-rows";
import { countStored, sumEvents } from "@/tests/support/traffic-counts";
import { TEST_SECRET_KEY, WorkerProcess } from "@/tests/support/worker";

/**
 * Recorded audit events through the real worker, which is killed in the middle, on a Postgres that is restarted in the
 * middle: every cell by verb, resource and user agent is what a plain loop over the lines counts.
 */

const lines = readAuditLines(Date.now());
const truth = countByCell(lines);
const PARTS = 40;
const ROTATED_AFTER = 15;

let dataDir: string;
let logDir: string;
let postgres: EmbeddedPostgres;
let open: OpenDb;
let worker: WorkerProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "etcdscope-traffic-"));
  logDir = await mkdtemp(join(tmpdir(), "etcdscope-audit-"));
  postgres = await startEmbeddedPostgres({ dataDir });
  await migrateDb(postgres.databaseUrl);
  open = openDb(postgres.databaseUrl);
  worker = new WorkerProcess(postgres.databaseUrl);
  worker.start();
});
afterAll(async () => {
  await worker?.stop();
  await open?.close();
  await postgres?.stop();
  for (const directory of [dataDir, logDir]) await rm(directory, { recursive: true, force: true });
});

test("a followed file, rotated and compressed, with the worker killed and Postgres restarted in the middle", async () => {
  const file = join(logDir, "audit.log");
  await writeFile(file, "");
  const clusterId = await register("by-file", [`${file}*`]);
  let read = 0;
  for (const [index, part] of parts(lines).entries()) {
    // Parts end anywhere in a line, as a writer's buffer does.
    await appendFile(file, part);
    if (index % 4 === 0) read = await untilReadMore(clusterId, read);
    if (index === 9 || index === 25) await worker.kill();
    if (index === ROTATED_AFTER) await rename(file, `${file}.1`); // goes on in a new file at the next part
    if (index === 20) await compress(`${file}.1`);
    if (index === 30) await restartPostgres();
  }
  await expectTruth(clusterId);
  expect(await faultsBesides(clusterId, "none")).toEqual([]);
  const cursors = await open.db.select().from(fileCursor).where(eq(fileCursor.clusterId, clusterId));
  expect(cursors.length).toBeGreaterThanOrEqual(2);
});

test("compressed files only", async () => {
  const clusterId = await register("by-gzip", [join(logDir, "packed-*.gz")]);
  const half = Math.floor(lines.length / 2);
  await expect.poll(() => health(clusterId)).toBe("failed"); // nothing is there yet
  await writeFile(join(logDir, "packed-1.gz"), await promisify(gzip)(`${lines.slice(0, half).join("\n")}\n`));
  await writeFile(join(logDir, "packed-2.gz"), await promisify(gzip)(`${lines.slice(half).join("\n")}\n`));
  await expectTruth(clusterId);
  await expect.poll(() => health(clusterId)).toBe("ok");
});

test("batches sent again and again, the worker killed and Postgres restarted in the middle: each event once", async () => {
  const clusterId = await register("by-webhook", []);
  for (let from = 0, batch = 0; from < lines.length; from += 400, batch++) {
    const some = lines.slice(from, from + 400);
    await sendUntilKept(clusterId, some);
    if (batch % 3 === 0) await sendUntilKept(clusterId, some);
    if (batch % 7 === 0) await sendUntilKept(clusterId, lines.slice(0, from + 100)); // a sender that begins anew
    if (batch === 8 || batch === 22) await worker.kill();
    if (batch === 15) await restartPostgres();
  }
  await untilTaken(clusterId);
  await expectTruth(clusterId);
  expect(await faultsBesides(clusterId, "duplicate")).toEqual([]);
});

test("a source that is set otherwise restarts its follower alone; switched off it follows no more", async () => {
  const file = join(logDir, "other.log");
  const clusterId = await register("by-setting", []);
  await writeFile(file, `${lines.slice(0, 2_000).join("\n")}\n`);
  await set(clusterId, { settings: { paths: [file] } });
  const some = [...countByCell(lines.slice(0, 2_000)).values()].reduce((sum, requests) => sum + requests, 0);
  await expect.poll(() => sumEvents(open.db, clusterId)).toBe(some);
  await set(clusterId, { enabled: false });
  await expect.poll(() => health(clusterId)).toBe(null);
  await appendFile(file, `${lines.slice(2_000).join("\n")}\n`);
  await set(clusterId, { enabled: true });
  await expectTruth(clusterId);
});

async function register(name: string, paths: string[]): Promise<number> {
  const declared = { name, source: "settings" as const, access: { endpoints: [] } };
  const clusterId = await addCluster(open.db, declared, TEST_SECRET_KEY);
  if (paths.length > 0) await set(clusterId, { settings: { paths } });
  await open.sql.notify("cluster", String(clusterId));
  return clusterId;
}

function set(clusterId: number, change: Parameters<typeof writeSource>[3]): Promise<void> {
  return writeSource(open.db, clusterId, "audit", change, TEST_SECRET_KEY);
}

/** The lines as bytes of a file, in parts; a rotation comes between two lines. */
function parts(some: readonly string[]): Buffer[] {
  const bytes = Buffer.from(`${some.join("\n")}\n`);
  const size = Math.ceil(bytes.length / PARTS);
  const bounds = Array.from({ length: PARTS + 1 }, (_, index) => Math.min(index * size, bytes.length));
  bounds[ROTATED_AFTER + 1] = bytes.indexOf("\n", bounds[ROTATED_AFTER + 1]) + 1;
  return Array.from({ length: PARTS }, (_, index) => bytes.subarray(bounds[index], bounds[index + 1]));
}

/** Some parts are waited for, so that what follows happens in the middle of the reading, too. Answers the events counted. */
async function untilReadMore(clusterId: number, before: number): Promise<number> {
  const read = () => sumEvents(open.db, clusterId).catch(() => -1);
  await expect.poll(read).toBeGreaterThan(before);
  return read();
}

/** As logrotate does: the compressed file is there before the plain one goes. */
async function compress(path: string): Promise<void> {
  await writeFile(`${path}.gz`, await promisify(gzip)(await readFile(path)));
  await rm(path);
}

async function restartPostgres(): Promise<void> {
  await postgres.stop();
  postgres = await startEmbeddedPostgres({ dataDir });
}

/** As a sender does: what was not acknowledged is sent again. */
async function sendUntilKept(clusterId: number, some: readonly string[]): Promise<void> {
  const send = () =>
    sendAudit(open.db, clusterId, some).then(
      () => true,
      () => false,
    );
  await expect.poll(send).toBe(true);
}

async function untilTaken(clusterId: number): Promise<void> {
  const waiting = () =>
    open.db
      .select({ id: ingestBatch.id })
      .from(ingestBatch)
      .where(and(eq(ingestBatch.clusterId, clusterId), isNull(ingestBatch.takenAt)));
  await expect.poll(waiting, { timeout: 120_000 }).toEqual([]);
}

async function expectTruth(clusterId: number): Promise<void> {
  const finished = [...truth.values()].reduce((sum, requests) => sum + requests, 0);
  await expect.poll(() => sumEvents(open.db, clusterId), { timeout: 120_000 }).toBeGreaterThanOrEqual(finished);
  expect(await countStored(open.db, clusterId)).toEqual(truth);
}

async function faultsBesides(clusterId: number, fault: string): Promise<unknown[]> {
  return open.db
    .select({ fault: ingestFault.fault, events: ingestFault.events })
    .from(ingestFault)
    .where(and(eq(ingestFault.clusterId, clusterId), ne(ingestFault.fault, fault)));
}

async function health(clusterId: number): Promise<string | null> {
  const rows = await open.db
    .select()
    .from(collectorState)
    .where(and(eq(collectorState.clusterId, clusterId), eq(collectorState.collector, "audit")));
  return rows[0]?.health ?? null;
}
