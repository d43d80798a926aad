import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { reduceAuditEvent } from "@/lib/model/audit-event";
import type { TrafficEvent } from "@/lib/model/traffic";
import { checkReducedAudit, hostileAuditEvent } from "./hostile-events";
import { recordedAuditLines, AUDIT_TRUTH as truth } from "./recorded-events";

const events: TrafficEvent[] = [];
const ids = new Set<string>();
let skipped = 0;

beforeAll(() => {
  for (const line of recordedAuditLines()) {
    const reduced = reduceAuditEvent(JSON.parse(line));
    if ("fault" in reduced) throw new Error(`${reduced.fault}: ${line}`);
    if ("skip" in reduced) skipped++;
    else {
      events.push(reduced.event);
      ids.add(reduced.id);
    }
  }
});

const isResource = ({ resource }: TrafficEvent) => !resource?.startsWith("/");
const resourceOf = (event: TrafficEvent) => (isResource(event) ? event.resource : "non-resource");
const agentOf = ({ userAgent }: TrafficEvent) => (userAgent ?? "").split(" ")[0];

function tally(key: (event: TrafficEvent) => unknown): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) {
    const name = JSON.stringify(key(event));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

describe("the recorded log", () => {
  test("every finished request is an event, once; every earlier stage is skipped", () => {
    expect(events.length).toBe(truth.finished_requests);
    expect(ids.size).toBe(truth.finished_requests);
    expect(skipped).toBe(truth.lines - truth.finished_requests);
  });

  // The longest of the lists were cut to their largest rows; what they hold must be equal, and whole lists add up.
  test.each<{ name: string; rows: [unknown, number][]; key: (event: TrafficEvent) => unknown; isWhole: boolean }>([
    { name: "verb", rows: truth.by_verb, key: ({ verb }) => verb, isWhole: true },
    { name: "code", rows: truth.by_code, key: ({ code }) => String(code), isWhole: true },
    { name: "resource", rows: truth.by_resource, key: resourceOf, isWhole: true },
    { name: "user", rows: truth.by_user, key: ({ user }) => user, isWhole: true },
    { name: "user agent", rows: truth.by_user_agent, key: ({ userAgent }) => userAgent, isWhole: true },
    { name: "address", rows: truth.by_source_ip, key: ({ sourceAddress }) => sourceAddress, isWhole: true },
    {
      name: "namespace",
      rows: truth.by_namespace,
      key: ({ namespace }) => (namespace === "" ? "(cluster scope)" : namespace),
      isWhole: false,
    },
    { name: "verb and resource", rows: truth.by_verb_resource, key: (e) => [e.verb, resourceOf(e)], isWhole: false },
    {
      name: "agent, verb and resource",
      rows: truth.by_agent_verb_resource,
      key: (e) => [agentOf(e), e.verb, resourceOf(e)],
      isWhole: false,
    },
    {
      name: "minute",
      rows: truth.per_minute_finished,
      key: ({ atMs }) => new Date(atMs).toISOString().slice(0, 16),
      isWhole: true,
    },
  ])("by $name", ({ rows, key, isWhole }) => {
    const counts = tally(key);
    for (const [name, count] of rows) expect([name, counts.get(JSON.stringify(name))]).toEqual([name, count]);
    if (isWhole) expect(counts.size).toBe(rows.length);
  });

  test("errors by code, verb, resource and agent", () => {
    const counts = tally((e) => [String(e.code), e.verb, resourceOf(e), agentOf(e)]);
    for (const [cell, count] of truth.errors) expect([cell, counts.get(JSON.stringify(cell))]).toEqual([cell, count]);
  });

  test("every cell of verb, resource and agent equals a count over the plain lines", () => {
    const counts = new Map<string, number>();
    for (const line of recordedAuditLines()) {
      const { stage, verb, userAgent, objectRef: ref, requestURI } = JSON.parse(line);
      if (stage !== "ResponseComplete") continue;
      const group = ref?.apiGroup ? `.${ref.apiGroup}` : "";
      const below = ref?.subresource ? `/${ref.subresource}` : "";
      const path = requestURI.split("?")[0].split("/").slice(0, 3).join("/");
      const cell = JSON.stringify([verb, ref?.resource ? ref.resource + group + below : path, userAgent]);
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
    expect(tally((e) => [e.verb, e.resource, e.userAgent])).toEqual(counts);
  });

  test("times to the microsecond", () => {
    for (const [[verb, resource], count, median, p99, greatest] of truth.latency_seconds) {
      const seconds = events
        .filter((event) => event.verb === verb && resourceOf(event) === resource)
        .map(({ durationMicros }) => (durationMicros as number) / 1e6)
        .sort((a, b) => a - b);
      const at = (share: number) => seconds[Math.min(seconds.length - 1, Math.floor(seconds.length * share))];
      expect([verb, resource, seconds.length, at(0.5), at(0.99), seconds.at(-1)]).toEqual([
        ...[verb, resource, count, median, p99, greatest],
      ]);
    }
  });

  test("lists over all namespaces", () => {
    const lists = events.filter(({ isClusterWide, resource }) => isClusterWide && isNamespaced(resource));
    // The truth counts a paged list once, by its first page; the further pages carry `continue`.
    const isFurtherPage = (line: string) => /"stage":"ResponseComplete".*"requestURI":"[^"]*continue=/.test(line);
    const furtherPages = recordedAuditLines().filter(isFurtherPage).length;
    const wanted = truth.cluster_wide_lists.reduce((sum, [, count]) => sum + count, 0);
    expect(lists.length).toBe(wanted + furtherPages);
    const paged = lists.filter(({ isUnpaged }) => !isUnpaged);
    expect(paged.length).toBe(2 + furtherPages);
    expect(new Set(paged.map(agentOf))).toEqual(new Set(["velero-server/v1.14.0"]));
  });

  test("where the time of slow requests went", () => {
    const told = events.filter(({ etcdMicros }) => etcdMicros !== null);
    expect(told.length).toBe(2640); // all that carry apiserver.latency.k8s.io/total
    expect(told.filter(({ etcdMicros }) => (etcdMicros as number) > 0).length).toBe(1003);
  });
});

/** Of what the recording lists cluster-wide. */
function isNamespaced(resource: string | null): boolean {
  return resource !== null && !["nodes", "namespaces", "persistentvolumes"].includes(resource);
}

const EVENT = {
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "Metadata",
  auditID: "9afe6f73-69ad-4be8-afd7-f4ac43e49a83",
  stage: "ResponseComplete",
  requestURI: "/api/v1/pods",
  verb: "list",
  user: { username: "alice" },
  sourceIPs: ["10.0.0.1", "192.0.2.1"],
  userAgent: "kubectl/v1.33.1",
  objectRef: { resource: "pods", apiVersion: "v1" },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: "2026-11-21T08:00:30.000001Z",
  stageTimestamp: "2026-11-21T08:00:30.500000Z",
};
const reduce = (changes: object) => reduceAuditEvent({ ...EVENT, ...changes });
const eventOf = (changes: object) => {
  const reduced = reduce(changes);
  if (!("event" in reduced)) throw new Error(JSON.stringify(reduced));
  return reduced;
};

test.each([
  { uri: "/api/v1/pods", unpaged: true, uncached: true, clusterWide: true },
  { uri: "/api/v1/pods?limit=500", unpaged: false, uncached: true, clusterWide: true },
  { uri: "/api/v1/pods?limit=0&resourceVersion=0", unpaged: true, uncached: false, clusterWide: true },
  { uri: "/api/v1/pods?resourceVersion=", unpaged: true, uncached: true, clusterWide: true },
  { uri: "/api/v1/pods?continue=abc", unpaged: false, uncached: true, clusterWide: true },
  { uri: "/api/v1/pods?%zz&limit=%31&&=", unpaged: false, uncached: true, clusterWide: true },
])("a list of $uri", ({ uri, unpaged, uncached, clusterWide }) => {
  const { event } = eventOf({ requestURI: uri });
  const { isUnpaged, isUncached, isClusterWide } = event;
  expect({ isUnpaged, isUncached, isClusterWide }).toEqual({
    ...{ isUnpaged: unpaged, isUncached: uncached, isClusterWide: clusterWide },
  });
});

test("a list within a namespace is not cluster-wide, and what is no list is none of it", () => {
  expect(eventOf({ objectRef: { resource: "pods", namespace: "shop" } }).event.isClusterWide).toBe(false);
  expect(eventOf({ verb: "get" }).event).toMatchObject({ isUnpaged: false, isUncached: false, isClusterWide: false });
});

test("a watch, and what else lasts as long as its client likes, has no duration", () => {
  expect(eventOf({}).event.durationMicros).toBe(499_999);
  expect(eventOf({ verb: "watch" }).event.durationMicros).toBeNull();
  expect(eventOf({ verb: "get", objectRef: { resource: "pods", subresource: "log" } }).event).toMatchObject({
    ...{ resource: "pods/log", durationMicros: null },
  });
});

test("who impersonates another is counted as themselves; the first address is the client's", () => {
  expect(eventOf({ impersonatedUser: { username: "bob" } }).event).toMatchObject({
    ...{ user: "alice", sourceAddress: "10.0.0.1" },
  });
});

test("a path that is no resource is cut to its first two parts", () => {
  const resourceOfUri = (requestURI: string) =>
    eventOf({ requestURI, objectRef: undefined, verb: "get" }).event.resource;
  expect(resourceOfUri("/openapi/v3/apis/apps/v1?hash=1")).toBe("/openapi/v3");
  expect(resourceOfUri("/healthz")).toBe("/healthz");
  expect(resourceOfUri("/")).toBe("/");
  expect(resourceOfUri("")).toBeNull();
  expect(resourceOfUri(`/${"x".repeat(10_000)}`)?.length).toBe(256);
});

test("a panic is a finished request, a time that runs backwards no duration", () => {
  expect(eventOf({ stage: "Panic", responseStatus: { code: 500 } }).event.code).toBe(500);
  expect(eventOf({ requestReceivedTimestamp: "2027-01-01T00:00:00Z" }).event.durationMicros).toBeNull();
});

test("a shortened event is counted and noted", () => {
  expect(eventOf({ annotations: { "audit.k8s.io/truncated": "true" } }).isTruncated).toBe(true);
  expect(eventOf({}).isTruncated).toBe(false);
});

test("one audit id at two times is two requests: clients may choose the id", () => {
  const [first, again, other] = [eventOf({}), eventOf({}), eventOf({ stageTimestamp: "2026-11-21T08:00:31Z" })];
  expect(first.id).toBe(again.id);
  expect(first.id).not.toBe(other.id);
});

test.each([
  [null, "not-an-event"],
  [[{}], "not-an-event"],
  ["text", "not-an-event"],
  [{ ...EVENT, kind: "Pod" }, "not-an-event"],
  [{ ...EVENT, auditID: "" }, "not-an-event"],
  [{ ...EVENT, verb: 3 }, "not-an-event"],
  [{ ...EVENT, stage: "Whatever" }, "not-an-event"],
  [{ ...EVENT, stageTimestamp: "yesterday" }, "bad-time"],
  [{ ...EVENT, stageTimestamp: undefined }, "bad-time"],
])("number %# of what is no event is refused", (parsed, fault) => {
  expect(reduceAuditEvent(parsed)).toEqual({ fault });
});

test("whatever is sent, nothing is thrown and nothing is long", () => {
  fc.assert(
    fc.property(hostileAuditEvent(), (parsed) => checkReducedAudit(parsed)),
    { numRuns: 2_000 },
  );
});
