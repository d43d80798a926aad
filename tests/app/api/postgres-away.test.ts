import { randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { GET as getClusters } from "@/app/api/v1/clusters/route";
import { GET as getHealth } from "@/app/healthz/route";
import { GET as getReady } from "@/app/readyz/route";
import { freePorts } from "@/tests/support/etcd";

beforeAll(async () => {
  const [port] = await freePorts(1);
  process.env.DATABASE_URL = `postgres://nobody@127.0.0.1:${port}/none`;
  process.env.ETCDSCOPE_SECRET_KEY = randomBytes(32).toString("hex");
});

const get = () => new Request("http://localhost:3000/", { headers: { host: "localhost:3000" } });

test("without Postgres every answer is a 503 that says so, and the process still lives", async () => {
  for (const response of [await getReady(get()), await getClusters(get())]) {
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ title: "Postgres does not answer", remedy: expect.any(String) });
  }
  expect((await getHealth(get())).status).toBe(200);
});
