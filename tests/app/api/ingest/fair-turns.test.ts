import { expect, test } from "vitest";
import { FairTurns } from "@/app/api/ingest/fair-turns";

test("a flood of one cluster waits its turn: each other cluster's work is done after at most one piece of it", async () => {
  const turns = new FairTurns(1);
  const done: string[] = [];
  const work = (name: string, clusterId: number) => turns.run(clusterId, () => void done.push(name));
  const flood = Array.from({ length: 100 }, (_, i) => work(`flood ${i}`, 1));
  const others = [work("b 0", 2), work("b 1", 2), work("c 0", 3)];
  await Promise.all([...flood, ...others]);
  expect(done.slice(0, 5)).toEqual(["flood 0", "b 0", "c 0", "flood 1", "b 1"]);
  expect(done.length).toBe(103);
});

test("what a cluster asks for stays in its order, and comes back as it is", async () => {
  const turns = new FairTurns(1);
  const answers = await Promise.all([1, 2, 3].map((value) => turns.run(7, async () => value * 2)));
  expect(answers).toEqual([2, 4, 6]);
});

test("work that fails fails for its own cluster only", async () => {
  const turns = new FairTurns(1);
  const failing = turns.run(1, () => {
    throw new Error("mine");
  });
  const fine = turns.run(2, () => "fine");
  await expect(failing).rejects.toThrow("mine");
  expect(await fine).toBe("fine");
});

test("no more is under way than may be", async () => {
  const turns = new FairTurns(2);
  const started: number[] = [];
  const release: (() => void)[] = [];
  const all = Array.from({ length: 5 }, (_, i) =>
    turns.run(i % 3, () => {
      started.push(i);
      return new Promise<void>((resolve) => release.push(resolve));
    }),
  );
  await expect.poll(() => started.length).toBe(2);
  for (let over = 0; over < 5; over++) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(started.length - over).toBeLessThanOrEqual(2);
    await expect.poll(() => release.length).toBeGreaterThan(over);
    release[over]?.();
  }
  await Promise.all(all);
});

test("between two pieces everything else has its chance", async () => {
  const turns = new FairTurns(1);
  const order: string[] = [];
  const pieces = [1, 2, 3].map((piece) => turns.run(1, () => void order.push(`piece ${piece}`)));
  const other = turns.run(1, () => void setImmediate(() => order.push("other")));
  const last = [4, 5].map((piece) => turns.run(1, () => void order.push(`piece ${piece}`)));
  await Promise.all([...pieces, other, ...last]);
  expect(order.indexOf("other")).toBeLessThan(order.indexOf("piece 5"));
});
