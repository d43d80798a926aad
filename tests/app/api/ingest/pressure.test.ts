import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAX_IN_FLIGHT } from "@/app/api/ingest/limits";
import { type OpenDb, openDb } from "@/lib/db/client";
import { addCluster } from "@/lib/db/clusters";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { migrateDb } from "@/lib/db/migrate";
import { webSql } from "@/lib/db/web-db";
import { digestEventId } from "@/lib/model/ingest-batch";
import { parseTimestampMicros } from "@/lib/model/timestamp";
import { createToken } from "@/lib/queries/tokens";
import { freePorts } from "@/tests/support/etcd";
import { readKept, send } from "./ingest-client";

// A server of its own: it is stopped and started while senders send.
let dataDir: string;
let postgres: EmbeddedPostgres;
let open: OpenDb;
const tokens = new Map<string, string>();

beforeAll(async () => {
  expect(await freePorts(1)).toHaveLength(1);
  dataDir = await mkdtemp(join(tmpdir(), "etcdscope-ingest-"));
  postgres = await startEmbeddedPostgres({ dataDir });
  await migrateDb(postgres.databaseUrl);
  open = openDb(postgres.databaseUrl);
  const secretKey = randomBytes(32);
  process.env.DATABASE_URL = postgres.databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = secretKey.toString("hex");
  for (const name of ["calm", "flood"]) {
    const id = await addCluster(
      open.db,
      { name, source: "settings", access: { endpoints: ["127.0.0.1:1"] } },
      secretKey,
    );
    tokens.set(name, (await createToken(open.db, id, "sender")).token);
  }
});
afterAll(async () => {
  await webSql().end({ timeout: 5 });
  await open?.close();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function eventOf(id: string): string {
  return JSON.stringify({
    ...{ kind: "Event", auditID: id, stage: "ResponseComplete", verb: "get", requestURI: "/api/v1/pods" },
    ...{ requestReceivedTimestamp: "2026-11-21T08:00:30Z", stageTimestamp: "2026-11-21T08:00:30.5Z" },
  });
}

const sendFrom = (cluster: string, body: string | ReadableStream<Uint8Array>) =>
  send("audit", { cluster, token: tokens.get(cluster), body });

/** A body that is read but does not come before it is released. */
function heldBody(text: string) {
  const held = { isRead: false, release: (): void => undefined };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        held.isRead = true;
        return new Promise((resolve) => {
          held.release = () => {
            controller.enqueue(Buffer.from(text));
            controller.close();
            resolve();
          };
        });
      },
    },
    { highWaterMark: 0 },
  );
  return { body, held };
}

test("more requests at a time than may be: 429 with Retry-After; another cluster is not concerned", async () => {
  const bodies = Array.from({ length: MAX_IN_FLIGHT }, (_, i) => heldBody(eventOf(`held ${i}`)));
  const answers = bodies.map(({ body }) => sendFrom("flood", body));
  await expect.poll(() => bodies.every(({ held }) => held.isRead)).toBe(true);
  const refused = await sendFrom("flood", eventOf("refused"));
  expect([refused.status, Number(refused.headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
  expect((await sendFrom("calm", eventOf("calm"))).status).toBe(200);
  for (const { held } of bodies) held.release();
  for (const response of await Promise.all(answers)) expect(response.status).toBe(200);
  expect((await sendFrom("flood", eventOf("again"))).status).toBe(200);
});

test("over a restart of Postgres every acknowledged event is kept, and the rest was answered 503 with Retry-After", async () => {
  const acknowledged = new Set<string>();
  const sender = { isOver: false, refused: 0, sent: 0, since: 0 };
  const sending = (async () => {
    while (!sender.isOver) {
      const id = `event ${sender.sent++}`;
      const response = await sendFrom("calm", eventOf(id));
      if (response.status === 200) {
        acknowledged.add(id);
        sender.since++;
      } else {
        expect([response.status, Number(response.headers.get("retry-after"))]).toEqual([503, expect.any(Number)]);
        sender.refused++;
        await new Promise((resolve) => setTimeout(resolve, 20)); // as a sender would, only sooner
      }
    }
  })();
  const untilTaken = async () => {
    sender.since = 0;
    await expect.poll(() => sender.since).toBeGreaterThan(20);
  };
  await untilTaken();
  await postgres.stop();
  await expect.poll(() => sender.refused).toBeGreaterThan(2);
  postgres = await startEmbeddedPostgres({ dataDir });
  await untilTaken();
  sender.isOver = true;
  await sending;
  const endMicros = parseTimestampMicros("2026-11-21T08:00:30.5Z");
  const { ids } = await readKept(open.db);
  const kept = new Set(ids);
  const lost = [...acknowledged].filter((id) => !kept.has(digestEventId(`${id} ${endMicros}`).toString("hex")));
  expect(lost).toEqual([]);
});
