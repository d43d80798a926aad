import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareEtcdVersions, listKnownBugs, parseEtcdVersion } from "@/lib/rules/known-bugs";

/** The table of rules.md (L31): a word of the problem, a version that has it, the first without it on its line. */
test.each([
  ["keep leases", "3.4.5", "3.4.6"],
  ["mvcc deadlock", "3.4.7", "3.4.8"],
  ["mvcc deadlock", "3.3.20", "3.3.21"],
  ["checksum", "3.4.8", "3.4.9"],
  ["checksum", "3.3.21", "3.3.22"],
  ["crashes under load", "3.5.0", "3.5.3"],
  ["crashes under load", "3.5.2", "3.5.3"],
  ["crash during a defragmentation", "3.5.5", "3.5.6"],
  ["starve watches", "3.5.7", "3.5.10"],
  ["starve watches", "3.5.9", "3.5.10"],
  ["revoke leases", "3.4.30", "3.4.31"],
  ["revoke leases", "3.5.12", "3.5.13"],
  ["miss events", "3.4.30", "3.4.31"],
  ["miss events", "3.5.12", "3.5.13"],
  ["Renewing", "3.4.33", "3.4.34"],
  ["Renewing", "3.5.15", "3.5.16"],
  ["does not pause", "3.5.16", "3.5.19"],
  ["does not pause", "3.5.18", "3.5.19"],
  ["makes the member panic", "3.5.16", "3.5.17"],
  ["makes the member panic", "3.4.34", "3.4.35"],
  ["misses a delete", "3.5.17", "3.5.18"],
  ["misses a delete", "3.4.35", "3.4.36"],
  ["Not every pause", "3.5.21", "3.5.22"],
  ["Not every pause", "3.6.0-rc.4", "3.6.0-rc.5"],
  ["corrupt its data", "3.4.37", "3.4.38"],
  ["corrupt its data", "3.5.22", "3.5.23"],
  ["corrupt its data", "3.6.4", "3.6.5"],
  ["wrong quota", "3.6.0", "3.6.6"],
  ["wrong quota", "3.6.5", "3.6.6"],
  ["may read one key", "3.5.32", "3.5.33"],
  ["may read one key", "3.6.13", "3.6.14"],
  ["may read one key", "3.7.0", "3.7.1"],
])("%s: %s has it, %s has not", (words, bad, good) => {
  expect(find(bad, words)?.fixedIn).toBe(good);
  expect(find(good, words)).toBeUndefined();
});

describe("bounds below", () => {
  test.each([
    ["crashes under load", "3.4.45"],
    ["does not pause", "3.5.15"],
    ["wrong quota", "3.6.0-rc.5"],
    ["crash during a defragmentation", "3.4.20"],
    ["Not every pause", "3.6.0"],
    ["starve watches", "3.6.0"],
    ["no longer maintained", "3.5.0"],
  ])("%s: %s has not", (words, version) => {
    expect(find(version, words)).toBeUndefined();
  });

  test("all of 3.4 is at its end, and no release of it is better", () => {
    for (const version of ["3.4.0", "3.4.23", "3.4.45", "3.4.46"]) {
      expect(find(version, "no longer maintained")?.fixedIn).toBeNull();
    }
  });

  test("older lines share the read grant that lets a watch see more", () => {
    expect(find("3.4.45", "may read one key")?.fixedIn).toBe("3.5.33");
  });
});

test("the newest has none", () => {
  for (const version of ["3.5.33", "3.6.14", "3.7.1", "3.8.0", "4.0.0"]) expect(listKnownBugs(version)).toEqual([]);
});

test("the gravest come first", () => {
  const severities = listKnownBugs("3.4.5").map(({ severity }) => severity);
  expect(severities).toEqual([...severities].sort());
  expect(severities[0]).toBe("critical");
});

test.each(["v3.5.12", "3.5.12+ds1", "3.5.12-2", " 3.5.12 ", "3.5.12~bpo12+1"])("%j is 3.5.12", (text) => {
  expect(listKnownBugs(text)).toEqual(listKnownBugs("3.5.12"));
  expect(find(text, "revoke leases")).toBeDefined();
});

test.each(["", "unknown", "3.5", "3", "3.5.x", "not a version 3.5.1", "3.5.1.2", "99999999999.1.1", "3.5.1\n3.5.2"])(
  "of %j nothing is known",
  (text) => {
    expect(listKnownBugs(text)).toEqual([]);
  },
);

test("any text is read without a fault", () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => Array.isArray(listKnownBugs(text))));
});

test("pre-releases come before their release, by their parts", () => {
  const order = ["3.5.9", "3.6.0-alpha.0", "3.6.0-rc.2", "3.6.0-rc.10", "3.6.0", "3.6.1"];
  const parsed = order.map((text) => parseEtcdVersion(text) ?? expect.fail(text));
  for (let at = 1; at < parsed.length; at++) {
    const [older, newer] = [parsed[at - 1], parsed[at]];
    if (older && newer) expect([order[at], compareEtcdVersions(older, newer) < 0]).toEqual([order[at], true]);
  }
});

test("sources are named, and lead to etcd's own pages where there is one", () => {
  for (const version of ["3.3.0", "3.4.0", "3.5.0", "3.5.17", "3.6.0-rc.1", "3.6.0", "3.7.0"]) {
    for (const { source, sourceUrl } of listKnownBugs(version)) {
      expect(source).not.toBe("");
      if (sourceUrl !== null) expect(sourceUrl).toMatch(/^https:\/\/github\.com\/etcd-io\/etcd\//);
    }
  }
});

function find(version: string, words: string) {
  return listKnownBugs(version).find(({ problem }) => problem.includes(words));
}
