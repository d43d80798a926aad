import { setTimeout as sleep } from "node:timers/promises";
import { eq, sum } from "drizzle-orm";
import { type OpenDb, openDb } from "@/lib/db/client";
import { trafficMinute } from "@/lib/db/schema-sources";
import { createToken } from "@/lib/queries/tokens";
import type { Bench } from "@/tests/bench/bench";
import { CLUSTER_NAME, startBenchDb } from "@/tests/bench/postgres";
import { readCpuSeconds, readMemory } from "@/tests/bench/proc";
import { percentile } from "@/tests/bench/statistics";
import { startWeb } from "@/tests/bench/web";
import { WorkerProcess } from "@/tests/support/worker";

/**
 * Audit events as an apiserver's webhook sends them, batches of 400 at an even pace whether the answers come or not, to
 * the web over HTTP, with the worker counting them meanwhile: how long a batch takes to be acknowledged, and whether what
 * was acknowledged is what was counted.
 */
const EVENTS_PER_SECOND = 5_000;
const BATCH_EVENTS = 400; // the webhook's default
const WINDOW_MS = 30_000;
const WARM_UP_MS = 5_000;
const COUNTED_WITHIN_MS = 60_000;

const VERBS = ["get", "list", "update", "patch", "create", "delete"];
const RESOURCES = ["pods", "leases", "configmaps", "secrets", "events", "nodes"];

export async function measureIngest(bench: Bench): Promise<void> {
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint: "http://127.0.0.1:1" }); // nobody is there
  const open = openDb(databaseUrl, { max: 2 });
  bench.defer(() => open.close());
  const { token } = await createToken(open.db, clusterId, "bench");
  const web = await startWeb(bench, databaseUrl);
  const worker = new WorkerProcess(databaseUrl);
  worker.start();
  bench.defer(() => worker.stop());
  const sender = new Sender(`${web.url}/api/v1/ingest/${CLUSTER_NAME}/audit`, token);
  await sender.run(WARM_UP_MS);
  const before = { cpuSeconds: readCpuSeconds(worker.pid), events: sender.acknowledged };
  sender.latenciesMs.length = 0;
  await sender.run(bench.windowMs(WINDOW_MS));
  const counted = await waitUntilCounted(open, clusterId, sender.acknowledged);
  const cpuMs = ((readCpuSeconds(worker.pid) - before.cpuSeconds) * 1e6) / (sender.acknowledged - before.events);
  bench.report({
    measure: "ingestLatency",
    values: [percentile(sender.latenciesMs, 0.95)],
    ours: `p50 ${percentile(sender.latenciesMs, 0.5).toFixed(0)} ms, p95 ${percentile(sender.latenciesMs, 0.95).toFixed(0)} ms`,
    note: `${sender.latenciesMs.length} batches; ${sender.refused} refused; acknowledged ${sender.acknowledged} events, counted ${counted}; worker ${cpuMs.toFixed(1)} ms CPU per 1,000 events, ${readMemory(worker.pid).rssMb.toFixed(0)} MB; ${web.isBuild ? "production build" : "handlers alone"}`,
  });
}

/** Sends at an even pace. */
class Sender {
  readonly latenciesMs: number[] = [];
  acknowledged = 0;
  refused = 0;
  #url: string;
  #token: string;
  #made = 0;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async run(windowMs: number): Promise<void> {
    const pauseMs = (1_000 * BATCH_EVENTS) / EVENTS_PER_SECOND;
    const startedMs = performance.now();
    const sent: Promise<void>[] = [];
    for (let batch = 0; batch * pauseMs < windowMs; batch++) {
      const body = this.#makeBatch();
      await sleep(Math.max(0, startedMs + batch * pauseMs - performance.now()));
      sent.push(this.#send(body));
    }
    await Promise.all(sent);
  }

  async #send(body: string): Promise<void> {
    const startedMs = performance.now();
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const answer = await fetch(this.#url, { method: "POST", headers, body });
    await answer.arrayBuffer();
    if (!answer.ok) {
      this.refused++;
      return;
    }
    this.latenciesMs.push(performance.now() - startedMs);
    this.acknowledged += BATCH_EVENTS;
  }

  #makeBatch(): string {
    const items = Array.from({ length: BATCH_EVENTS }, () => this.#makeEvent());
    return JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items });
  }

  #makeEvent(): object {
    const number = this.#made++;
    const endMs = Date.now();
    const resource = RESOURCES[number % RESOURCES.length] as string;
    const namespace = `team-${number % 40}`;
    return {
      level: "Metadata",
      auditID: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
      stage: "ResponseComplete",
      requestURI: `/api/v1/namespaces/${namespace}/${resource}/object-${number % 5_000}`,
      verb: VERBS[number % VERBS.length],
      user: {
        username: `system:serviceaccount:${namespace}:controller`,
        groups: ["system:serviceaccounts", "system:authenticated"],
      },
      sourceIPs: [`10.0.${number % 8}.${number % 200}`],
      userAgent: `controller-${number % 20}/v1.0 (linux/amd64) kubernetes/0000000`,
      objectRef: { resource, namespace, name: `object-${number % 5_000}`, apiVersion: "v1" },
      responseStatus: { metadata: {}, code: number % 50 === 0 ? 409 : 200 },
      requestReceivedTimestamp: new Date(endMs - 5 - (number % 20)).toISOString(),
      stageTimestamp: new Date(endMs).toISOString(),
      annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC: allowed" },
    };
  }
}

/** Waits for the worker; answers how many events it counted in the end. */
async function waitUntilCounted({ db }: OpenDb, clusterId: number, wanted: number): Promise<number> {
  const giveUpAt = Date.now() + COUNTED_WITHIN_MS;
  for (;;) {
    const events = sum(trafficMinute.events).mapWith(Number);
    const [row] = await db.select({ events }).from(trafficMinute).where(eq(trafficMinute.clusterId, clusterId));
    const counted = row?.events ?? 0;
    if (counted >= wanted || Date.now() > giveUpAt) return counted;
    await sleep(500);
  }
}
