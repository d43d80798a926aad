import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { atRate } from "@/tests/bench/incidents/load";
import { type Member, tellRoles } from "@/tests/bench/incidents/members";
import { filler } from "@/tests/bench/keys";
import { Writer } from "@/tests/bench/writer";
import { whileFrozen } from "@/tests/support/frozen";
import { readRevision } from "@/tests/support/truth";

/** What an incident is done to, and for how long by default. */
export interface Stage {
  members: readonly Member[];
  /** Milliseconds an incident that has no length of its own goes on. */
  lastsMs: number;
}

/** Something that goes wrong, and what triage must say of it. */
export interface Incident {
  id: string;
  title: string;
  /** `small-quota`: one member whose quota is 24 MiB. */
  on: "three-members" | "small-quota";
  /** Before the calm: what must be there. */
  prepare?(stage: Stage): Promise<void>;
  run(stage: Stage): Promise<void>;
  /** Makes good what does not mend itself. */
  undo?(stage: Stage): Promise<void>;
  /** The rules of which one must be the first likely cause; none: nothing may be a likely cause. */
  first: readonly string[];
  /** What the first must name. */
  names?: RegExp;
  /** Others that may be likely causes as well, since they happen too. */
  alsoTrue?: readonly string[];
  /** Rules that must be ruled out. */
  innocent: readonly string[];
}

const QUORUM = ["L04", "L05", "L06"];
const MAINTENANCE = ["L07", "L11"];
const NETWORK = ["L09", "L34"];
const CALM_MS = 600_000;
const KIB = 1024;

export const INCIDENTS: readonly Incident[] = [
  {
    id: "calm",
    title: "A calm time",
    on: "three-members",
    run: async ({ lastsMs }) => sleep(Math.min(CALM_MS, lastsMs * 10)),
    first: [],
    innocent: [...QUORUM, ...MAINTENANCE, ...NETWORK, "L15", "L16", "L24", "L25"],
  },
  {
    id: "hot-key",
    title: "One key is written 600 times a second",
    on: "three-members",
    run: ({ members, lastsMs }) => putFor(members[0] as Member, lastsMs, 600, () => hotKey, 400),
    first: ["L24"],
    names: /ingress-leader|configmaps\/kube-system/,
    innocent: [...QUORUM, ...MAINTENANCE, ...NETWORK, "L15", "L16"],
  },
  {
    id: "fat-hot-key",
    title: "A key of 300 KiB is written 30 times a second",
    on: "three-members",
    run: ({ members, lastsMs }) => putFor(members[0] as Member, lastsMs, 30, () => fatKey, 300 * KIB),
    first: ["L24", "L16"],
    names: /operators\.coreos\.com|packages/,
    alsoTrue: ["L16", "L24"],
    innocent: [...QUORUM, ...MAINTENANCE, "L15"],
  },
  {
    id: "event-storm",
    title: "400 events a second from one namespace",
    on: "three-members",
    run: ({ members, lastsMs }) =>
      putFor(
        members[0] as Member,
        lastsMs,
        400,
        (index) => `/registry/events/ci-build/job-${index % 90}.${hex(index)}`,
        660,
      ),
    first: ["L24"],
    names: /events\/ci-build/,
    innocent: [...QUORUM, ...MAINTENANCE, ...NETWORK, "L15", "L16"],
  },
  {
    id: "range-loop",
    title: "One client lists 40,000 keys unpaged, again and again",
    on: "three-members",
    prepare: ({ members }) =>
      fill(members[0] as Member, { keys: 40_000, valueBytes: 1_000, prefix: "/registry/secrets/vault/" }),
    run: ({ members, lastsMs }) => rangeFor(members[0] as Member, lastsMs, "/registry/secrets/"),
    first: ["L15"],
    names: /secrets|127\.0\.0\.1/,
    alsoTrue: ["L25", "L20"],
    innocent: [...QUORUM, ...MAINTENANCE, ...NETWORK, "L16", "L24"],
  },
  {
    id: "giant-transaction",
    title: "Transactions of 120 puts and 1.2 MiB, 8 a second",
    on: "three-members",
    run: ({ members, lastsMs }) => transactFor(members[0] as Member, lastsMs),
    first: ["L16"],
    alsoTrue: ["L24"],
    innocent: [...QUORUM, ...MAINTENANCE, "L15"],
  },
  {
    id: "member-stopped",
    title: "A follower is stopped",
    on: "three-members",
    run: async ({ members, lastsMs }) => {
      await (await tellRoles(members)).followers[0]?.stop();
      await sleep(lastsMs);
    },
    undo: async ({ members }) => {
      for (const member of members) if (member.pid === -1) await member.start();
    },
    first: ["L05"],
    names: /etcd-\d/,
    innocent: ["L06", ...MAINTENANCE, "L15", "L16", "L24"],
  },
  {
    id: "leader-moved",
    title: "The leader hands over",
    on: "three-members",
    run: async ({ members }) => {
      const { leader, followers } = await tellRoles(members);
      const target = (await (followers[0] as Member).etcdctl("endpoint", "status", "-w", "json")).match(
        /"member_id":(\d+)/,
      );
      await leader.etcdctl("move-leader", BigInt(target?.[1] ?? 0).toString(16));
      await sleep(20_000);
    },
    first: ["L04"],
    innocent: ["L05", "L06", ...MAINTENANCE, "L15", "L16", "L24"],
  },
  {
    id: "member-frozen",
    title: "A follower stands still for 5 s",
    on: "three-members",
    run: async ({ members }) => {
      const { followers } = await tellRoles(members);
      await whileFrozen((followers[0] as Member).pid, () => sleep(5_000));
      await sleep(15_000);
    },
    first: ["L05"],
    names: /etcd-\d/,
    alsoTrue: ["L34"],
    innocent: ["L06", ...MAINTENANCE, "L15", "L16", "L24"],
  },
  {
    id: "compaction",
    title: "500,000 revisions are compacted at once",
    on: "three-members",
    prepare: ({ members }) => overwrite(members[0] as Member, 500_000),
    run: async ({ members }) => {
      const [member] = members as [Member];
      await member.etcdctl("compact", String(await readRevision(member)));
      await sleep(30_000);
    },
    first: ["L11"],
    innocent: [...QUORUM, "L07", "L09", "L15", "L16", "L24"],
  },
  {
    id: "defragmentation",
    title: "The leader of a large db is defragmented",
    on: "three-members",
    prepare: ({ members }) =>
      fill(members[0] as Member, { keys: 60_000, valueBytes: 8_000, prefix: "/registry/pods/bulk/" }),
    run: async ({ members }) => {
      const { leader } = await tellRoles(members);
      await leader.etcdctl("defrag");
      await sleep(20_000);
    },
    first: ["L07"],
    names: /etcd-\d/,
    innocent: ["L06", "L11", "L15", "L16", "L24"],
  },
  {
    id: "slow-disk",
    title: "Each sync to the leader's disk takes 40 ms longer",
    on: "three-members",
    run: async ({ members, lastsMs }) => slowDisk((await tellRoles(members)).leader, lastsMs, 40_000),
    first: ["L01"],
    names: /etcd-\d/,
    alsoTrue: ["L02", "L03", "L14"],
    innocent: ["L05", "L06", ...MAINTENANCE, "L15", "L16", "L24"],
  },
  {
    id: "network-delay",
    title: "The network between members takes 60 ms longer each way",
    on: "three-members",
    run: async ({ members, lastsMs }) => {
      for (const { network } of members) network.delayMs = 60;
      await sleep(lastsMs);
      for (const { network } of members) network.delayMs = 0;
    },
    first: ["L09"],
    alsoTrue: ["L10", "L17"],
    innocent: ["L05", "L06", ...MAINTENANCE, "L15", "L16", "L24"],
  },
  {
    id: "no-space",
    title: "The quota is used up",
    on: "small-quota",
    run: async ({ members, lastsMs }) => {
      await putFor(members[0] as Member, lastsMs, 60, (index) => `/registry/configmaps/backup/part-${index}`, 60 * KIB);
    },
    first: ["L06"],
    names: /NOSPACE/,
    alsoTrue: ["L24", "L26", "L27"],
    innocent: ["L04", "L05", ...MAINTENANCE, "L09", "L15"],
  },
];

const hotKey = "/registry/configmaps/kube-system/ingress-leader";
const fatKey = "/registry/operators.coreos.com/packages/olm/catalog";

async function putFor(
  member: Member,
  lastsMs: number,
  perSecond: number,
  keyOf: (index: number) => string,
  valueBytes: number,
): Promise<void> {
  const writer = new Writer(member.endpoint);
  const put = (index: number) =>
    writer.put({ key: Buffer.from(keyOf(index)), value: filler(Math.min(valueBytes, 256 * KIB)) });
  const large = Buffer.alloc(valueBytes, 46);
  const putLarge = (index: number) => writer.put({ key: Buffer.from(keyOf(index)), value: large });
  await atRate(perSecond, AbortSignal.timeout(lastsMs), valueBytes > 256 * KIB ? putLarge : put);
  writer.close();
}

async function transactFor(member: Member, lastsMs: number): Promise<void> {
  const writer = new Writer(member.endpoint);
  await atRate(8, AbortSignal.timeout(lastsMs), (round) =>
    writer.transact(
      Array.from({ length: 120 }, (_, index) => ({
        key: Buffer.from(`/registry/apps.example.com/widgets/batch/${round % 4}-${index}`),
        value: filler(10 * KIB),
      })),
    ),
  );
  writer.close();
}

/** Reads everything under a prefix in one answer, two at once, and looks at nothing of it. */
async function rangeFor(member: Member, lastsMs: number, prefix: string): Promise<void> {
  const client = new Client(member.endpoint.replace("http://", ""), credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.primary_user_agent": "report-maker/1.0",
  });
  const key = Buffer.from(prefix);
  const end = Buffer.from(prefix.replace(/\/$/, "0"));
  const request = Buffer.concat([Buffer.from([10, key.length]), key, Buffer.from([18, end.length]), end]);
  const pass = (message: Buffer) => message;
  await atRate(
    4,
    AbortSignal.timeout(lastsMs),
    () =>
      new Promise((resolve) => {
        client.makeUnaryRequest("/etcdserverpb.KV/Range", pass, () => null, request, new Metadata(), resolve);
      }),
    { atOnce: 2 },
  );
  client.close();
}

async function fill(
  member: Member,
  { keys, valueBytes, prefix }: { keys: number; valueBytes: number; prefix: string },
): Promise<void> {
  const writer = new Writer(member.endpoint);
  for (let from = 0; from < keys; from += 100) {
    await writer.transact(
      Array.from({ length: 100 }, (_, index) => ({
        key: Buffer.from(`${prefix}${from + index}`),
        value: filler(valueBytes),
      })),
    );
  }
  writer.close();
}

/** Writes the same thousand keys again and again. */
async function overwrite(member: Member, revisions: number): Promise<void> {
  const writer = new Writer(member.endpoint);
  for (let written = 0; written < revisions; written += 100) {
    await writer.transact(
      Array.from({ length: 100 }, (_, index) => ({
        key: Buffer.from(`/registry/leases/kube-node-lease/node-${(written + index) % 1_000}`),
        value: filler(300),
      })),
    );
  }
  writer.close();
}

/** Every sync of the member takes `delayMicros` longer: strace holds the call back. */
async function slowDisk(member: Member, lastsMs: number, delayMicros: number): Promise<void> {
  const filter = ["-f", "-q", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"];
  const inject = ["-e", `inject=fdatasync,fsync:delay_enter=${delayMicros}`];
  const child = spawn("strace", [...filter, ...inject, "-p", String(member.pid)], { stdio: "ignore" });
  await once(child, "spawn"); // fails where there is no strace
  await sleep(lastsMs);
  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
}

function hex(index: number): string {
  return (0x17a0000000000000n + BigInt(index) * 7_919n).toString(16);
}
