import { openDb } from "@/lib/db/client";
import type { Bench } from "@/tests/bench/bench";
import { seedAround } from "@/tests/bench/parts/triage-history";
import { CLUSTER_NAME, startBenchDb } from "@/tests/bench/postgres";
import { percentile } from "@/tests/bench/statistics";
import { startWeb, type Web } from "@/tests/bench/web";
import { seedHistory } from "@/tests/support/history-seed";

/**
 * How long "why is it slow" takes over HTTP, one question after the other, from the request to the last byte: windows of
 * ten minutes and of an hour, drawn over 14 days of history of 500 prefixes, three members and an apiserver.
 */
const DAYS = 14;
const FEWEST_DAYS = 2;
const PREFIXES = 500;
const ROUNDS = 3;
const QUESTIONS = 40;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Asked {
  name: string;
  windowMs: number;
  /** Windows begin at most so long ago; of all the history where it is absent. */
  reachMs?: number;
}

const ASKED: readonly Asked[] = [
  { name: "10 min", windowMs: 10 * MINUTE_MS },
  { name: "1 h", windowMs: HOUR_MS },
  { name: "10 min of the last day", windowMs: 10 * MINUTE_MS, reachMs: 24 * HOUR_MS },
];

export async function measureTriage(bench: Bench): Promise<void> {
  const nowMs = Date.now();
  const { databaseUrl, clusterId } = await startBenchDb(bench, { endpoint: "http://127.0.0.1:1" }); // nobody reads it
  const days = Math.max(FEWEST_DAYS, bench.scaled(DAYS));
  const { db, close } = openDb(databaseUrl);
  try {
    const startedMs = Date.now();
    await seedHistory(db, clusterId, { days, prefixes: PREFIXES, nowMs });
    await seedAround(db, clusterId, { days, nowMs });
    bench.say(`${days} days invented in ${((Date.now() - startedMs) / 1_000).toFixed(0)} s`);
    await db.execute("vacuum analyze");
  } finally {
    await close();
  }
  const web = await startWeb(bench, databaseUrl);
  for (const asked of ASKED) await measureAsked(bench, web, { asked, days, nowMs });
}

async function measureAsked(
  bench: Bench,
  web: Web,
  { asked, days, nowMs }: { asked: Asked; days: number; nowMs: number },
): Promise<void> {
  const reachMs = Math.min(asked.reachMs ?? days * 24 * HOUR_MS, days * 24 * HOUR_MS) - 4 * HOUR_MS;
  const random = randomFrom(7);
  const ask = () => timeQuestion(web, nowMs - Math.floor(random() * reachMs), asked.windowMs);
  const first = await ask();
  const rounds: number[][] = [];
  for (let round = 0; round < bench.rounds(ROUNDS); round++) {
    const times: number[] = [];
    for (let i = 0; i < QUESTIONS; i++) times.push((await ask()).ms);
    rounds.push(times);
  }
  const all = rounds.flat();
  const figures = [0.5, 0.95].map((q) => percentile(all, q).toFixed(0));
  bench.report({
    ...{ measure: "triageApi", detail: asked.name, values: rounds.map((times) => percentile(times, 0.95)) },
    ours: `p50 ${figures[0]} ms, p95 ${figures[1]} ms`,
    note: `first ${first.ms.toFixed(0)} ms, ${first.bytes} bytes; ${web.isBuild ? "production build" : "handlers alone"}`,
  });
  bench.say(`${asked.name}: first ${first.ms.toFixed(0)} ms, p50 ${figures[0]}, p95 ${figures[1]} ms`);
}

async function timeQuestion({ url }: Web, toMs: number, windowMs: number): Promise<{ ms: number; bytes: number }> {
  const times = { from: new Date(toMs - windowMs).toISOString(), to: new Date(toMs).toISOString() };
  const startedMs = performance.now();
  const answer = await fetch(`${url}/api/v1/clusters/${CLUSTER_NAME}/triage?${new URLSearchParams(times)}`);
  const body = await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`triage answered ${answer.status}: ${Buffer.from(body).toString().slice(0, 300)}`);
  return { ms: performance.now() - startedMs, bytes: body.byteLength };
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
