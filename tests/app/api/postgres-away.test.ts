import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { GET as getClusters } from "@/app/api/v1/clusters/route";
import { GET as getHealth } from "@/app/healthz/route";
import { GET as getReady } from "@/app/readyz/route";

/** A port that was free a moment ago: nobody listens there. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 1;
}

beforeAll(async () => {
  process.env.DATABASE_URL = `postgres://nobody@127.0.0.1:${await closedPort()}/none`;
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
