import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET, PATCH } from "@/app/api/v1/storage/route";
import { Problem } from "@/lib/api/common";
import { StorageAnswer } from "@/lib/api/storage";
import { readRetention } from "@/lib/db/retention";
import { webSql } from "@/lib/db/web-db";
import { seedCluster } from "@/tests/lib/queries/seed";
import { useTestDb } from "@/tests/support/db";
import { seedHistory } from "@/tests/support/history-seed";

const NOW = Date.parse("2026-03-10T12:20:00Z");

const testDb = useTestDb();

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = randomBytes(32).toString("hex");
  const id = await seedCluster(testDb(), "prod");
  await seedHistory(testDb().db, id, { days: 3, prefixes: 20, nowMs: NOW, frameSeconds: 60 });
});
afterAll(() => webSql().end());

const URL = "http://localhost:3000/api/v1/storage";
const HEADERS = { host: "localhost:3000", "content-type": "application/json" };
const read = async () => StorageAnswer.strict().parse(await (await GET(new Request(URL, { headers: HEADERS }))).json());
const patch = (body: unknown, headers: Record<string, string> = HEADERS) =>
  PATCH(new Request(URL, { method: "PATCH", headers, body: JSON.stringify(body) }));

describe("what is stored", () => {
  test("adds up to the database, level by level", async () => {
    const sizes = async () => {
      const [row] = await testDb().sql`
        select pg_database_size(current_database())::float8 as database, (
          select sum(pg_total_relation_size(inhrelid))::float8 from pg_inherits
          where inhparent in ('keyspace_frame'::regclass, 'metric_frame'::regclass)
        ) as frames`;
      return row;
    };
    // Postgres tidies up when it likes, and its files grow by that: what counts is a reading between two equal ones.
    let stored = await sizes();
    let answer = await read();
    const isQuiet = async () => {
      stored = await sizes();
      answer = await read();
      return isDeepStrictEqual(stored, await sizes());
    };
    await expect.poll(isQuiet).toBe(true);
    const { databaseBytes, otherBytes, levels, inThirtyDaysBytes } = answer;
    expect({ database: databaseBytes, frames: levels[0]?.bytes }).toEqual({ ...stored });
    expect(otherBytes + levels.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(databaseBytes);
    expect(inThirtyDaysBytes).toBeGreaterThan(databaseBytes);
    expect(levels.map(({ level }) => level)).toEqual(["frames", "minutes", "hours", "days"]);
  });

  test("says from when to when each level reaches, and its defaults", async () => {
    const { levels } = await read();
    expect(levels.map(({ keepHours }) => keepHours)).toEqual([24, 14 * 24, 13 * 31 * 24, 5 * 366 * 24]);
    const ends = levels.map(({ oldest, newest }) => `${oldest?.slice(0, 13)} ${newest?.slice(0, 13)}`);
    expect(ends).toEqual([
      "2026-03-09T12 2026-03-10T12",
      "2026-03-07T12 2026-03-10T12",
      "2026-03-07T00 2026-03-10T00",
      "2026-03-07T00 2026-03-10T00",
    ]);
    for (const { bytes, bytesPerDay } of levels) expect(bytesPerDay).toBeLessThanOrEqual(bytes / (0.9 * 1));
  });
});

describe("how long it is kept", () => {
  test("can be set, level by level", async () => {
    const response = await patch({ frames: 48, minutes: 30 * 24 });
    expect(response.status).toBe(200);
    const { levels } = StorageAnswer.parse(await response.json());
    expect(levels.map(({ keepHours }) => keepHours)).toEqual([48, 720, 13 * 31 * 24, 5 * 366 * 24]);
    await patch({ frames: 24 });
    expect(await readRetention(testDb().db)).toMatchObject({ frames: 24, minutes: 720 });
  });

  test.each([
    { body: { frames: 1 }, field: "frames", words: "from 6 to" },
    { body: { frames: 14 * 24, minutes: 13 * 24 }, field: "minutes", words: "must not be shorter than `frames`" },
    { body: { frames: "24" }, field: "frames", words: "" },
    { body: { frames: 24.5 }, field: "frames", words: "" },
    { body: { years: 1 }, field: "years", words: "" },
    { body: [], field: "body", words: "" },
  ])("$body is refused at $field, and nothing changes", async ({ body, field, words }) => {
    const before = await readRetention(testDb().db);
    const response = await patch(body);
    expect(response.status).toBe(400);
    const problem = Problem.parse(await response.json());
    expect(problem.field).toBe(field);
    expect(problem.detail).toContain(words);
    expect(await readRetention(testDb().db)).toEqual(before);
  });

  test("is not changed by a foreign page", async () => {
    const response = await patch({ frames: 48 }, { ...HEADERS, origin: "https://elsewhere.example" });
    expect(response.status).toBe(403);
  });
});
