import type { PrefixClient, PrefixClientsAnswer, PrefixClientsParams } from "@/lib/api/clients";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import type { TimeRange } from "@/lib/model/time-range";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { readConnectedClients } from "@/lib/queries/prefix-connections";
import { type PrefixTarget, toPrefixTarget } from "@/lib/queries/prefix-target";
import { toQueryRange } from "@/lib/queries/query-range";
import { resolveUser } from "@/lib/queries/resolve-address";
import { explainAbsence } from "@/lib/queries/source-standing";
import { readTraffic, toAnsweredRange } from "@/lib/queries/traffic-answer";
import { groupCells } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";

/** Clients of a prefix that are named; the others are few and small. */
const TOP = 20;
const NODE_USER = "system:node:";
const LOUD_SHARE = 0.05;
const FEW_NODES = 4;

/** Who writes a prefix and who reads it in a range, as far as a source tells, and how sure that is. */
export async function readPrefixClients(
  db: Db,
  clusterId: number,
  params: PrefixClientsParams,
  nowMs: number,
): Promise<PrefixClientsAnswer> {
  const bytes = toKeyBytes("prefix", params.prefix, params.prefixBase64);
  const range = toQueryRange(params, nowMs);
  const target = toPrefixTarget(toKeyText(bytes).text);
  for (const source of ["audit", "etcd-log"] as const) {
    if (source === "audit" && !target.isKubernetes) continue;
    const reading = await read(db, clusterId, source, { range, nowMs });
    if (reading === null) continue;
    const writers = listWho(reading, target, "writes");
    const readers = listWho(reading, target, "reads");
    const reason = writers.length + readers.length > 0 ? null : "Nobody was seen writing or reading it in this range.";
    return { writers, readers, reason, remedy: null, range: toAnsweredRange(reading, { range, nowMs }) };
  }
  const connected = await readConnectedClients(db, clusterId, { prefix: bytes, range, nowMs });
  const empty = { readers: [], range: toAnsweredRange(null, { range, nowMs }) };
  if (connected.length > 0) return { writers: connected, ...empty, reason: null, remedy: null };
  const absence = await explainAbsence(db, clusterId, target.isKubernetes ? "audit" : "etcd-log");
  return {
    writers: [],
    ...empty,
    reason: `etcd does not tell who writes what. ${absence.reason ?? ""}`.trim(),
    remedy: absence.remedy,
  };
}

async function read(
  db: Db,
  clusterId: number,
  source: "audit" | "etcd-log",
  { range, nowMs }: { range: TimeRange; nowMs: number },
): Promise<TrafficReading | null> {
  const reading = await readTraffic(db, clusterId, source, { range, groupBy: ["resource"], filter: {}, nowMs });
  return reading.observedMs > 0 ? reading : null;
}

/** Clients that did one thing to the target, most requests first. */
function listWho(reading: TrafficReading, target: PrefixTarget, deed: "writes" | "reads"): PrefixClient[] {
  const fits = reading.cells.map((cell) => target.fit(cell, { source: reading.source, deed }));
  const wanted = fits.map((fit) => fit !== null);
  // Addresses are the first to be folded; whose address it is does not matter where agent and user are told.
  const groupBy = reading.source === "audit" ? (["userAgent", "user"] as const) : (["sourceAddress"] as const);
  const groups = groupCells(reading.cells, { groupBy, filter: {} });
  const table = new TrafficTable(groups.other + 1, reading.latencyBuckets);
  reading.addTo(table, (cell) => (wanted[cell] ? (groups.groupOf[cell] as number) : -1));
  let all = 0;
  for (let group = 0; group <= groups.other; group++) all += table.of(group, "requests");
  const worst = leastSure(fits, groups.groupOf, groups.other);
  const addresses = onlyAddresses(reading.cells, wanted, groups.groupOf);
  const clients = groups.identities
    .map((identity, group) => ({ identity, group, requests: table.of(group, "requests") }))
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests || (JSON.stringify(a.identity) < JSON.stringify(b.identity) ? -1 : 1))
    .map(({ identity: { userAgent, user }, group, requests }) => ({
      name:
        resolveUser(user) ?? userAgent?.split(" ")[0] ?? user ?? addresses.get(group) ?? "a client that is not told",
      ...{ userAgent, user, sourceAddress: addresses.get(group) ?? null, requests },
      share: all > 0 ? requests / all : 0,
      ...(worst[group] as { confidence: PrefixClient["confidence"]; why: string }),
      source: reading.source,
      origin: reading.origin,
    }));
  const named = foldNodes(clients).slice(0, TOP);
  const { source, origin } = reading;
  return [...named, ...listRest(named, { all, source, origin })];
}

/** What is left of all requests, as one line: shares add up. */
function listRest(
  named: readonly PrefixClient[],
  { all, source, origin }: { all: number } & Pick<PrefixClient, "source" | "origin">,
): PrefixClient[] {
  const requests = all - named.reduce((sum, client) => sum + client.requests, 0);
  if (requests <= 0) return [];
  const identity = { name: "everyone else", userAgent: null, user: null, sourceAddress: null };
  const why = "Clients with few requests each, and those that were not kept apart for want of room.";
  return [{ ...identity, requests, share: requests / all, confidence: "low", why, source, origin }];
}

/** The address of each group that came from one alone. */
function onlyAddresses(
  cells: TrafficReading["cells"],
  wanted: readonly boolean[],
  groupOf: Int32Array,
): Map<number, string | null> {
  const addresses = new Map<number, string | null>();
  for (const [cell, { identity }] of cells.entries()) {
    if (!wanted[cell]) continue;
    const group = groupOf[cell] as number;
    const known = addresses.get(group);
    addresses.set(group, known === undefined || known === identity.sourceAddress ? identity.sourceAddress : null);
  }
  return addresses;
}

/** Kubelets do the same on every node: those with a small share each are one line. A loud one keeps its own. */
function foldNodes(clients: PrefixClient[]): PrefixClient[] {
  const isQuietNode = ({ user, share }: PrefixClient) => user?.startsWith(NODE_USER) === true && share < LOUD_SHARE;
  const nodes = clients.filter(isQuietNode);
  const [first] = nodes;
  if (first === undefined || nodes.length < FEW_NODES) return clients;
  const agents = new Set(nodes.map(({ userAgent }) => userAgent));
  const folded: PrefixClient = {
    ...first,
    name: `kubelets of ${new Set(nodes.map(({ user }) => user)).size} nodes`,
    userAgent: agents.size === 1 ? first.userAgent : null,
    user: `${NODE_USER}*`,
    sourceAddress: null,
    requests: nodes.reduce((sum, { requests }) => sum + requests, 0),
    share: nodes.reduce((sum, { share }) => sum + share, 0),
  };
  const others = clients.filter((client) => !isQuietNode(client));
  return [...others, folded].sort((a, b) => b.requests - a.requests);
}

const ORDER = { high: 0, medium: 1, low: 2 } as const;

/** A client is as sure as the least sure of what it was seen doing. */
function leastSure(fits: readonly ReturnType<PrefixTarget["fit"]>[], groupOf: Int32Array, other: number) {
  const worst = new Array<ReturnType<PrefixTarget["fit"]>>(other + 1).fill(null);
  for (const [cell, fit] of fits.entries()) {
    const group = groupOf[cell] as number;
    if (fit === null || group < 0) continue;
    const there = worst[group] ?? null;
    if (there === null || ORDER[fit.confidence] > ORDER[there.confidence]) worst[group] = fit;
  }
  return worst;
}
