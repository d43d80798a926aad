import { expect, test } from "vitest";
import { checkHashes } from "@/collectors/consistency/hash-check";
import { EtcdError } from "@/collectors/etcd/errors";
import { status } from "@/collectors/etcd/grpc-status";
import type { FoundMember, MemberWays, WantedMember } from "@/collectors/members/member-ways";

const NAMES = ["leader", "a", "b"];
const MEMBERS = NAMES.map((name) => {
  return { memberId: name, name, clientUrls: [], isLearner: false, isLeader: name === "leader" };
});

/** Members as a script has them answer: the revision asked for and which call it is of that member, from 1 on. */
function scripted(answer: (name: string, revision: number, call: number) => { hash: string; compactRevision: number }) {
  const calls: string[] = [];
  const counts = new Map<string, number>();
  let open = 0;
  let running = 0;
  const openMember = async ({ name }: WantedMember): Promise<FoundMember> => {
    open++;
    const connection = {
      hashKv: async (revision: number) => {
        expect(++running, "members hash one at a time").toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        calls.push(`${name}@${revision}`);
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return answer(name, revision, counts.get(name) as number);
      },
      close: () => open--,
    };
    const revision = 100 + NAMES.indexOf(name);
    return { connection, status: { revision } } as unknown as FoundMember;
  };
  const ways = { open: openMember } as unknown as MemberWays;
  const check = () =>
    checkHashes({ access: { endpoints: [] }, ways, members: MEMBERS, signal: new AbortController().signal });
  return { check, calls, openConnections: () => open };
}

test("followers first, the leader last, all at the lowest revision", async () => {
  const { check, calls, openConnections } = scripted(() => ({ hash: "1", compactRevision: 7 }));
  expect(await check()).toMatchObject({ verdict: "equal", revision: 100 });
  expect(calls).toEqual(["a@100", "b@100", "leader@100"]);
  expect(openConnections()).toBe(0);
});

test("a compaction that comes between has it done again", async () => {
  const { check, calls } = scripted((name, _, call) => {
    return { hash: call === 1 && name !== "a" ? "2" : "1", compactRevision: call === 1 && name === "a" ? 7 : 9 };
  });
  expect(await check()).toMatchObject({ verdict: "equal" });
  expect(calls).toHaveLength(6);
});

test("so does a revision that was compacted meanwhile", async () => {
  const fault = { code: status.OUT_OF_RANGE, details: "etcdserver: mvcc: required revision has been compacted" };
  const { check } = scripted((name, _, call) => {
    if (call === 1 && name === "b") throw new EtcdError({ ...fault, endpoint: "http://b", method: "HashKV" });
    return { hash: "1", compactRevision: 9 };
  });
  expect(await check()).toMatchObject({ verdict: "equal", results: NAMES.map(() => ({ failure: null })) });
});

test("where one always comes between nothing is said, after three tries", async () => {
  const { check, calls } = scripted((name, _, call) => ({
    hash: "1",
    compactRevision: name === "a" ? call : call + 1,
  }));
  expect(await check()).toMatchObject({ verdict: "incomparable" });
  expect(calls).toHaveLength(9);
});
