import { readFileSync } from "node:fs";
import { appendFile, chmod, copyFile, mkdtemp, rename, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { and, eq, sql } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { FileFollower } from "@/collectors/traffic/file-follower";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { addCluster } from "@/lib/db/clusters";
import { ensurePartitions } from "@/lib/db/partitions";
import { collectorState } from "@/lib/db/schema";
import { fileCursor, ingestFault, logSignal, trafficMinute } from "@/lib/db/schema-sources";
import { log } from "@/lib/log";
import { countByCell, readAuditLines } from "@/tests/support/audit-file";
import { useTestDb } from "@/tests/support/db";
import { countStored, sumEvents } from "@/tests/support/traffic-counts";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

const testDb = useTestDb();
const lines = readAuditLines(Date.now());
const truth = countByCell(lines);
let clusters = 0;
let clusterId: number;
let directory: string;
let file: string;
let follower: FileFollower;

beforeAll(() => ensurePartitions(testDb().db, Date.now()));
beforeEach(async () => {
  const declared = { name: `c${++clusters}`, source: "settings" as const, access: { endpoints: [] } };
  clusterId = await addCluster(testDb().db, declared, TEST_SECRET_KEY);
  directory = await mkdtemp(join(tmpdir(), "etcdscope-follow-"));
  file = join(directory, "audit.log");
  follower = follow();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("a file in pieces that cut lines and characters, the worker beginning anew at any of them", async () => {
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  const cuts = Array.from({ length: 12 }, (_, index) => Math.floor((bytes.length * (index + 1)) / 12));
  await writeFile(file, "");
  for (const [index, cut] of cuts.entries()) {
    await appendFile(file, bytes.subarray(cuts[index - 1] ?? 0, cut));
    if (index % 3 === 0) follower = follow();
    await readAll();
  }
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
  expect(await faults()).toEqual({});
});

test("rotated by renaming, with lines written to the old file behind its new name that no path names", async () => {
  const [first, second, third] = thirds();
  await writeFile(file, first);
  await readAll();
  await rename(file, join(directory, "audit-2026.log"));
  await appendFile(join(directory, "audit-2026.log"), second);
  await writeFile(file, third);
  await readAll();
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
  expect(await faults()).toEqual({});
});

test("rotated by renaming while nobody was there", async () => {
  const [first, second, third] = thirds();
  await writeFile(file, first);
  await readAll();
  await appendFile(file, second);
  await rename(file, join(directory, "audit.log.1"));
  await writeFile(file, third);
  follower = follow();
  await readAll();
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
});

test("rotated by copying and truncating: the copy is read on from where the file was left", async () => {
  follower = follow([join(directory, "audit.log*")]);
  const [first, second, third] = thirds();
  await writeFile(file, first);
  await readAll();
  await appendFile(file, second);
  await copyFile(file, `${file}.1`);
  await readAll(); // both are there, and the same
  await truncate(file);
  await readAll();
  await appendFile(file, third);
  follower = follow([join(directory, "audit.log*")]);
  await readAll();
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
  expect(await faults()).toEqual({});
});

test("copied and truncated between two looks, and already written to again", async () => {
  follower = follow([join(directory, "audit.log*")]);
  const [first, second, third] = thirds();
  await writeFile(file, first);
  await readAll();
  await appendFile(file, second);
  await copyFile(file, `${file}.1`);
  await truncate(file);
  await appendFile(file, third);
  await readAll();
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
  expect(await faults()).toEqual({});
});

test("compressed after it was read in part: what is left is read from the compressed file, once", async () => {
  const paths = [join(directory, "audit.log*")];
  follower = follow(paths);
  const [first, second, third] = thirds();
  await writeFile(file, first);
  await readAll();
  await rename(file, `${file}.1`);
  await writeFile(`${file}.1.gz`, gzipSync(`${first}${second}`.trimEnd())); // nothing ends its last line
  await unlink(`${file}.1`);
  await writeFile(file, third);
  await readAll();
  follower = follow(paths);
  await readAll();
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
  expect(await faults()).toEqual({});
});

test("compressed files alone, found later one by one; one that is still being written is read when it is whole", async () => {
  const paths = [join(directory, "old-*.gz")];
  follower = follow(paths);
  await readAll();
  expect(await state()).toMatchObject({ health: "failed", reason: expect.stringContaining("No file is named") });
  const [first, second, third] = thirds();
  const packed = gzipSync(first);
  await writeFile(join(directory, "old-1.gz"), packed.subarray(0, packed.length / 2));
  await writeFile(join(directory, "old-2.gz"), gzipSync(second));
  await readAll();
  expect(await state()).toMatchObject({ health: "degraded", reason: expect.stringContaining("old-1.gz") });
  await writeFile(join(directory, "old-1.gz"), packed);
  await writeFile(join(directory, "old-3.gz"), gzipSync(third));
  follower = follow(paths);
  await readAll();
  expect(await countStored(testDb().db, clusterId)).toEqual(truth);
  expect(await faults()).toEqual({});
  expect(await state()).toMatchObject({ health: "ok", reason: null });
});

test("bad lines are counted by what is wrong with them, and the good ones between them are, too", async () => {
  const good = lines.filter((line) => line.includes('"ResponseComplete"')).slice(0, 3);
  const bad = ["{", "[]", "7", '{"kind":"Event"}', "\u0000\ufffd", `{"a":"${"x".repeat(1_100_000)}"}`];
  const deep = `${"[".repeat(100_000)}`;
  await writeFile(file, [good[0], ...bad, good[1], deep, "", "\r", `${good[2]}\r`, ""].join("\n"));
  await readAll();
  expect(await sumEvents(testDb().db, clusterId)).toBe(3);
  expect(await faults()).toEqual({ "not-json": 3, "not-an-event": 3, "too-long": 1 });
});

test("a line that never ends is stepped over, in pieces, and the one behind it is read", async () => {
  const [good] = lines.filter((line) => line.includes('"ResponseComplete"'));
  await writeFile(file, "");
  for (let piece = 0; piece < 12; piece++) {
    await appendFile(file, "x".repeat(1_000_000));
    await readAll();
  }
  await appendFile(file, `\n${good}\n`);
  await readAll();
  expect(await sumEvents(testDb().db, clusterId)).toBe(1);
  expect(await faults()).toEqual({ "too-long": 1 });
});

test("an inode that is used again is another file", async () => {
  const [first, second] = thirds();
  await writeFile(file, first);
  await readAll();
  await writeFile(file, second); // in place: the same inode, other bytes
  await readAll();
  const rest = new Map(countByCell([...`${first}${second}`.trimEnd().split("\n")]));
  expect(await countStored(testDb().db, clusterId)).toEqual(rest);
});

test("a transaction that fails is done again: nothing is lost or counted twice", async () => {
  const { db } = testDb();
  await writeFile(file, `${lines.join("\n")}\n`);
  await db.execute(sql`alter table file_cursor rename to file_cursor_away`);
  await expect(follower.round()).rejects.toThrow();
  await db.execute(sql`alter table file_cursor_away rename to file_cursor`);
  await db.execute(sql`create sequence tries`); // a sequence moves on also where a transaction is undone
  await db.execute(sql`create function refuse() returns trigger language plpgsql as
    $$ begin perform nextval('tries'); raise 'no'; end $$`);
  await db.execute(sql`create trigger refuse before insert on file_cursor execute function refuse()`);
  const stop = new AbortController();
  const running = follower.run(stop.signal);
  const tries = async () =>
    (await db.execute<{ last: number }>(sql`select last_value::int as last from tries`))[0]?.last;
  await expect.poll(tries).toBeGreaterThan(2);
  expect(await sumEvents(db, clusterId)).toBe(0);
  await db.execute(sql`drop trigger refuse on file_cursor`);
  await expect.poll(() => countStored(db, clusterId)).toEqual(truth);
  stop.abort();
  await running;
  expect(await faults()).toEqual({});
});

test("a file that may not be read says so; a cursor that someone else moved stops us", async () => {
  const { db } = testDb();
  await writeFile(file, `${lines.slice(0, 50).join("\n")}\n`);
  if (process.getuid?.() !== 0) {
    await chmod(file, 0);
    await readAll();
    expect(await state()).toMatchObject({ health: "failed", reason: expect.stringContaining("may not be read") });
    await chmod(file, 0o600);
  }
  await readAll();
  await db.update(fileCursor).set({ offsetBytes: 7 }).where(eq(fileCursor.clusterId, clusterId));
  await appendFile(file, `${lines.slice(50, 60).join("\n")}\n`);
  await expect(readAll()).rejects.toThrow("not where it was left");
});

test.each(["3.4", "3.5", "3.6"])(
  "etcd %s: each logged request is counted, and lines of trouble by kind",
  async (version) => {
    const { db } = testDb();
    const recorded = readFileSync(
      join(import.meta.dirname, `../../../../shared/data/etcd-${version}-log.jsonl`),
      "utf8",
    );
    const now = new Date(Date.now() - 600_000).toISOString();
    const moved = recorded.replaceAll(/"ts":"[^"]*"/g, `"ts":"${now}"`);
    await writeFile(file, moved);
    follower = new FileFollower({ store: new TrafficStore(db), clusterId, source: "etcd-log", paths: [file], log });
    await readAll();
    expect(await sumEvents(db, clusterId, "etcd-log")).toBe(recorded.split('"request stats"').length - 1);
    const [slow] = await db
      .select()
      .from(logSignal)
      .where(and(eq(logSignal.clusterId, clusterId), eq(logSignal.kind, "apply-took-too-long")));
    expect(slow?.lines ?? 0).toBe(recorded.split('"apply request took too long"').length - 1);
  },
);

test("time in which a file was read to its end is observed, also when nothing came", async () => {
  const { db } = testDb();
  const [template] = lines.filter((line) => line.includes('"ResponseComplete"'));
  const event = JSON.parse(template as string);
  const startMs = Date.now();
  event.stageTimestamp = new Date(startMs).toISOString();
  await writeFile(file, `${JSON.stringify(event)}\n`);
  const stop = new AbortController();
  const running = follower.run(stop.signal);
  const observedMs = async () => {
    const rows = await db.select().from(trafficMinute).where(eq(trafficMinute.clusterId, clusterId));
    return rows.reduce((sum, row) => sum + row.observedMs, 0);
  };
  await expect.poll(observedMs, { interval: 500 }).toBeGreaterThanOrEqual(10_000);
  stop.abort();
  await running;
  expect(await observedMs()).toBeLessThanOrEqual(Date.now() - startMs + 2_000);
  expect(await sumEvents(db, clusterId)).toBe(1);
});

function follow(paths = [file]): FileFollower {
  return new FileFollower({ store: new TrafficStore(testDb().db), clusterId, source: "audit", paths, log });
}

async function readAll(): Promise<void> {
  while (await follower.round());
}

/** The lines in three parts, as bytes of a file. */
function thirds(): [string, string, string] {
  const [a, b] = [Math.floor(lines.length / 3), Math.floor((lines.length * 2) / 3)];
  const text = (from: number, to: number) => `${lines.slice(from, to).join("\n")}\n`;
  return [text(0, a), text(a, b), text(b, lines.length)];
}

async function faults(): Promise<Record<string, number>> {
  const rows = await testDb().db.select().from(ingestFault).where(eq(ingestFault.clusterId, clusterId));
  const sums: Record<string, number> = {};
  for (const { fault, events } of rows) sums[fault] = (sums[fault] ?? 0) + events;
  return sums;
}

async function state() {
  const [row] = await testDb().db.select().from(collectorState).where(eq(collectorState.clusterId, clusterId));
  return row;
}
