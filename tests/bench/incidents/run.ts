import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { TriageParams } from "@/lib/api/triage";
import { openDb } from "@/lib/db/client";
import { writeSource } from "@/lib/db/sources";
import { readTriage } from "@/lib/queries/triage/triage";
import { Bench } from "@/tests/bench/bench";
import { INCIDENTS, type Incident, type Stage } from "@/tests/bench/incidents/incidents";
import { type Judgement, judgeAnswer } from "@/tests/bench/incidents/judge";
import { startLoad } from "@/tests/bench/incidents/load";
import { startMembers } from "@/tests/bench/incidents/members";
import { startBenchDb } from "@/tests/bench/postgres";
import { type EtcdVersion, findEtcdVersions } from "@/tests/support/etcd-versions";
import { TEST_SECRET_KEY, WorkerProcess } from "@/tests/support/worker";

/**
 * `npm run bench:incidents`: things go wrong on real etcds, and triage is asked why it is slow. Three members under a
 * steady load, their logs followed, the real worker, the query that the API answers with.
 *
 *     npm run bench:incidents                       every incident, on etcd 3.5
 *     npm run bench:incidents -- hot-key slow-disk  only these
 *     npm run bench:incidents -- --etcd 3.4         on another version
 *     npm run bench:incidents -- --calm 60          a calm of so many seconds before each (90)
 *     npm run bench:incidents -- --keep /tmp/x      the whole answers as JSON into that directory
 *
 * It ends with 1 when one was judged wrongly. `slow-disk` needs root and strace.
 */

const LASTS_MS = 40_000;
const SETTLE_MS = 25_000; // until what happened has been read and written
const FRAME_MS = 10_000;
const SMALL_QUOTA = ["--quota-backend-bytes", String(24 * 1024 ** 2)];
const LARGE_QUOTA = ["--quota-backend-bytes", String(8 * 1024 ** 3)];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    etcd: { type: "string", default: "3.5" },
    calm: { type: "string", default: "90" },
    keep: { type: "string" },
  },
});
const chosen = INCIDENTS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const unknown = positionals.filter((id) => !INCIDENTS.some((incident) => incident.id === id));
if (unknown.length > 0) throw new Error(`no incident is called ${unknown.join(", ")}`);
const version = (await findEtcdVersions()).find((one) => one.version.startsWith(values.etcd));
if (version === undefined) throw new Error(`no etcd ${values.etcd} was found`);

const bench = new Bench({ scale: 1 });
const judgements: Judgement[] = [];
for (const topology of ["three-members", "small-quota"] as const) {
  const incidents = chosen.filter(({ on }) => on === topology);
  if (incidents.length === 0) continue;
  const putAway = bench.scope();
  try {
    judgements.push(...(await runAll(topology, incidents, version)));
  } finally {
    await putAway();
  }
}
print(judgements);
process.exit(judgements.every(({ isRight }) => isRight) ? 0 : 1);

async function runAll(on: Incident["on"], incidents: readonly Incident[], etcd: EtcdVersion): Promise<Judgement[]> {
  const isSmall = on === "small-quota";
  const flags = isSmall ? SMALL_QUOTA : LARGE_QUOTA;
  const members = await startMembers(bench, { version: etcd, size: isSmall ? 1 : 3, flags });
  const [first] = members;
  if (first === undefined) return [];
  const { databaseUrl, clusterId } = await startBenchDb(bench, {
    endpoint: first.endpoint,
    others: members.slice(1).map(({ endpoint }) => endpoint),
    scanShare: 0.25,
  });
  const { db, close } = openDb(databaseUrl, { max: 2 });
  bench.defer(close);
  const settings = { paths: members.map(({ logFile }) => logFile) };
  await writeSource(db, clusterId, "etcd-log", { settings }, TEST_SECRET_KEY);
  const worker = new WorkerProcess(databaseUrl);
  worker.start();
  bench.defer(() => worker.stop());
  const load = startLoad(members);
  bench.defer(() => load.stop());
  const stage: Stage = { members, lastsMs: LASTS_MS };
  const judged: Judgement[] = [];
  for (const incident of incidents) {
    await incident.prepare?.(stage);
    const calmFromMs = nextFrame(Date.now() + 2 * FRAME_MS);
    bench.say(`${incident.id}: calm`);
    await sleep(calmFromMs + Number(values.calm) * 1_000 - Date.now());
    const fromMs = Math.floor(Date.now() / FRAME_MS) * FRAME_MS;
    bench.say(`${incident.id}: ${incident.title}`);
    await incident.run(stage);
    const toMs = nextFrame(Date.now());
    await incident.undo?.(stage);
    await sleep(SETTLE_MS);
    const params = TriageParams.parse({
      from: instant(fromMs),
      to: instant(toMs),
      baselineFrom: instant(calmFromMs),
      baselineTo: instant(fromMs),
    });
    const judgement = judgeAnswer(incident, await readTriage(db, clusterId, params, Date.now()));
    judged.push(judgement);
    keep(judgement);
    bench.say(`${incident.id}: ${judgement.isRight ? "right" : "WRONG"}, ${judgement.answer.headline.title}`);
    for (const fault of judgement.faults) bench.say(`    ${fault}`);
  }
  return judged;
}

function keep({ incident, answer }: Judgement): void {
  if (values.keep === undefined) return;
  mkdirSync(values.keep, { recursive: true });
  writeFileSync(join(values.keep, `${incident.id}.json`), JSON.stringify(answer, null, 1));
}

function print(all: readonly Judgement[]): void {
  console.log("| incident | judged | first likely cause | ruled out | no data | faults |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const { incident, isRight, first, faults, answer } of all) {
    const cells = [
      incident.title,
      isRight ? "right" : "wrong",
      first ?? "none",
      answer.counts.ruledOut,
      answer.counts.noData,
    ];
    console.log(
      `| ${[...cells, faults.join("; ") || "none"].map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`,
    );
  }
}

function nextFrame(atMs: number): number {
  return Math.ceil(atMs / FRAME_MS) * FRAME_MS;
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
