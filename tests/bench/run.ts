import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Bench } from "@/tests/bench/bench";
import { startFilledEtcd } from "@/tests/bench/filled-etcd";
import { ETCD_PARTS, OTHER_PARTS, type Part } from "@/tests/bench/parts";
import { renderTable } from "@/tests/bench/table";
import { findEtcdVersions } from "@/tests/support/etcd-versions";

/**
 * `npm run bench`: what the keyspace engine costs and how fast it answers, in one table from one run.
 *
 *     npm run bench                         everything at full size: a million keys, two versions of etcd, over an hour
 *     npm run bench -- scan watch           only these parts
 *     npm run bench -- --scale 0.02         a quick try with 20,000 keys: shows that it runs, its figures mean little
 *     npm run bench -- --out bench.md       writes the table to a file as well
 *     npm run bench -- --etcd 3.5           only this version of etcd
 *     npm run bench -- --cpu-prof /tmp/p    a CPU profile of every child process into that directory
 *
 * How to read the table. A line is one measure on one version of etcd. Where it has a peer, the two ran in turn in the
 * same rounds, and what is judged is the ratio of each round (ours divided by the peer's): the median stands in *ratio*,
 * the least and the greatest in *spread*, the number of rounds in *n*. Without a peer the peer is a *budget* and the
 * figure itself is judged. Wall times on a machine that does other things swing by tens of percent, ratios of one round
 * much less: look at the ratio and its spread, then at the rest. *must* and *aim* are what the engine is held to; the
 * verdict is informative, and the exit code is 0 unless a part crashed.
 *
 * What each part does is written at the head of its file in `parts/`; what runs as a process of its own, so that its CPU
 * and memory are nobody else's, is in `children/`. Linux only: CPU and memory of processes are read from /proc.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: "string", default: "1" },
    out: { type: "string" },
    etcd: { type: "string" },
    "cpu-prof": { type: "string" },
  },
});

const bench = new Bench({ scale: readScale(values.scale), nodeFlags: profileFlags(values["cpu-prof"]) });
const closeAll = bench.scope();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void closeAll().finally(() => process.exit(1)));
}
checkNames(positionals);
await runAll();
await closeAll();
const table = renderTable(bench.rows);
const head = `scale ${bench.scale}, Node ${process.versions.node}, ${new Date().toISOString()}`;
process.stdout.write(`\n${head}\n\n${table}\n`);
if (values.out) writeFileSync(values.out, `${head}\n\n${table}\n`);
for (const crash of bench.crashes) process.stderr.write(`\ncrashed: ${crash}\n`);
process.exit(bench.crashes.length > 0 ? 1 : 0);

async function runAll(): Promise<void> {
  const etcdParts = wanted(ETCD_PARTS);
  const versions = etcdParts.length === 0 ? [] : await findEtcdVersions();
  for (const version of versions.filter((one) => one.version.startsWith(values.etcd ?? ""))) {
    const close = bench.scope();
    await attempt(`etcd ${version.version}`, async () => {
      const etcd = await startFilledEtcd(bench, version);
      for (const part of etcdParts) {
        await attempt(`${part.name} on etcd ${version.version}`, () => part.run(bench, etcd));
        await etcd.compact();
      }
    });
    await close();
  }
  for (const part of wanted(OTHER_PARTS)) await attempt(part.name, () => part.run(bench));
}

/** Runs a part and puts away what it has opened. A failure is told, and the others go on. */
async function attempt(name: string, run: () => Promise<void>): Promise<void> {
  const close = bench.scope();
  bench.say(`── ${name}`);
  try {
    await run();
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    bench.crashes.push(`${name}: ${text}`);
    bench.say(`${name} crashed: ${text}`);
  }
  await close();
}

function wanted<Subject>(parts: readonly Part<Subject>[]): readonly Part<Subject>[] {
  return positionals.length === 0 ? parts : parts.filter(({ name }) => positionals.includes(name));
}

function checkNames(names: readonly string[]): void {
  const known = [...ETCD_PARTS, ...OTHER_PARTS].map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  process.stderr.write(`no such part: ${unknown.join(", ")}; there are ${known.join(", ")}\n`);
  process.exit(1);
}

function readScale(text: string): number {
  const scale = Number(text);
  if (scale > 0 && scale <= 1) return scale;
  process.stderr.write(`--scale ${text}: must be above 0 and at most 1\n`);
  process.exit(1);
}

function profileFlags(directory: string | undefined): string[] {
  return directory === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${directory}`];
}
