import { expect, test } from "vitest";
import { hotChildrenParams, hottestOf, listHotRows, subjectOf } from "@/components/keyspace/overview-search";
import { prefixesAnswer, prefixRow } from "./rows";

const all = prefixRow("", { liveBytes: 1_000 });

test.each([
  { share: 0.49, subject: "" },
  { share: 0.5, subject: "/registry/" },
])('a root with $share of the keyspace makes the subject "$subject"', ({ share, subject }) => {
  expect(subjectOf(prefixesAnswer(all, [prefixRow("/registry/", { share })]))).toBe(subject);
});

test("before the first answer there is no subject; of an empty keyspace it is the whole", () => {
  expect(subjectOf(undefined)).toBeNull();
  expect(subjectOf(prefixesAnswer(null, []))).toBe("");
});

const events = prefixRow("/registry/events/", { writesPerSecond: 100 });
const leases = prefixRow("/registry/leases/", { writesPerSecond: 40 });
const idle = prefixRow("/registry/secrets/", { writesPerSecond: 0 });

test("both depths are listed, the most written first; idle prefixes, keys and *other* are not", () => {
  const below = prefixesAnswer(events, [
    prefixRow("/registry/events/ci/", { writesPerSecond: 60 }),
    prefixRow("/registry/events/", { kind: "other", writesPerSecond: 30 }),
  ]);
  const rows = listHotRows(prefixesAnswer(all, [events, leases, idle]), [below]);
  expect(rows.map(({ prefix }) => prefix)).toEqual(["/registry/events/", "/registry/events/ci/", "/registry/leases/"]);
});

test.each([
  { rate: 59, hottest: "/registry/events/" },
  { rate: 60, hottest: "/registry/events/ci/" },
])("a namespace with $rate of 100 writes makes $hottest the hottest", ({ rate, hottest }) => {
  const namespace = prefixRow("/registry/events/ci/", { writesPerSecond: rate });
  expect(hottestOf([events, namespace, leases])?.prefix).toBe(hottest);
});

test("nothing written, nothing hottest", () => expect(hottestOf([])).toBeNull());

test("only written prefixes with children are looked into", () => {
  const answer = prefixesAnswer(all, [events, prefixRow("/k/", { writesPerSecond: 9, hasChildren: false }), idle]);
  expect(hotChildrenParams(answer, { range: "6h" })).toEqual([
    { range: "6h", parent: "/registry/events/", sort: "writesPerSecond", limit: 4 },
  ]);
});
