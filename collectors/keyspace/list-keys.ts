import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { ROOT } from "@/collectors/keyspace/prefix-tree";
import type {
  KeyGroup,
  KeySort,
  ListedKey,
  ListGroupsAnswer,
  ListGroupsParams,
  ListKeysAnswer,
  ListKeysParams,
} from "@/lib/model/questions";
import { segmentEnd, separatorOf } from "@/lib/model/segments";

type ModelAnswer<Answer> = Omit<Answer, "revision" | "at">;

const MAX_LISTED = 1_000;

/**
 * Answers `list-keys` from the model, in one pass over the keys under the prefix. Deleted keys are listed only by their
 * history, and are never among those that match.
 */
export function listKeys(model: KeyspaceModel, params: ListKeysParams): ModelAnswer<ListKeysAnswer> {
  const prefix = Buffer.from(params.prefixBase64, "base64");
  const ranking = new Ranking(model, params);
  const total = emptyGroup(prefix);
  const ofHistory = params.sort === "historyBytes";
  const visit = (entry: number) => {
    const isLive = model.table.isLive(entry);
    if (isLive) addToGroup(total, model.keyBytes(entry), model.table.valueBytes(entry));
    if (isLive || ofHistory) ranking.offer(entry);
  };
  if (params.directOnly) visitDirect(model, prefix, visit);
  else visitUnder(model, prefix, visit);
  return {
    keys: listedKeys(model, ranking.entries()),
    matchedKeys: total.keys,
    matchedKeyBytes: total.keyBytes,
    matchedValueBytes: total.valueBytes,
    matchedLargestValueBytes: total.largestValueBytes,
  };
}

/** Answers `list-groups`: what follows a byte prefix, up to the next separator of each key. */
export function listGroups(model: KeyspaceModel, params: ListGroupsParams): ModelAnswer<ListGroupsAnswer> {
  const prefix = Buffer.from(params.prefixBase64, "base64");
  const groups = new Map<string, KeyGroup>();
  const total = emptyGroup(prefix);
  visitUnder(model, prefix, (entry) => {
    if (!model.table.isLive(entry)) return;
    const key = model.viewKey(entry);
    const valueBytes = model.table.valueBytes(entry);
    addToGroup(total, key.length, valueBytes);
    const end = groupEnd(key, prefix.length);
    const name = key.toString("latin1", 0, end === -1 ? key.length : end) + (end === -1 ? "\0key" : "");
    let group = groups.get(name);
    if (group === undefined) {
      group = { ...emptyGroup(end === -1 ? key : key.subarray(0, end)), isKey: end === -1 };
      groups.set(name, group);
    }
    addToGroup(group, key.length, valueBytes);
  });
  const heaviest = [...groups.values()].sort((a, b) => liveBytes(b) - liveBytes(a)).slice(0, params.limit);
  return { groups: heaviest, total };
}

/** Where the segment that holds byte `prefixLength` ends, or -1 when that is the key's tail. */
function groupEnd(key: Buffer, prefixLength: number): number {
  const separator = separatorOf(key, 0, key.length);
  let end = segmentEnd(key, 0, 0, key.length, separator);
  while (end !== -1 && end <= prefixLength) end = segmentEnd(key, 0, end, key.length, separator);
  return end;
}

function visitDirect(model: KeyspaceModel, prefix: Buffer, visit: (entry: number) => void): void {
  const { table, tree } = model;
  const node = tree.findPrefix(prefix);
  if (node < 0) return;
  for (let entry = 0; entry < table.end; entry++) if (table.node(entry) === node) visit(entry);
}

const OUTSIDE = 0;
const INSIDE = 1;
const PARTLY = 2;

/** Shows every entry whose key begins with `prefix`, those of deleted keys included. */
function visitUnder(model: KeyspaceModel, prefix: Buffer, visit: (entry: number) => void): void {
  const place = placeNodes(model, prefix);
  const { table } = model;
  for (let entry = 0; entry < table.end; entry++) {
    const node = table.node(entry);
    const where = node < 0 ? OUTSIDE : place[node];
    if (where === INSIDE || (where === PARTLY && startsWith(model.viewKey(entry), prefix))) visit(entry);
  }
}

/** Whether the keys of each node begin with `prefix`: all, none, or only some, which their tails decide. */
function placeNodes(model: KeyspaceModel, prefix: Buffer): Uint8Array {
  const { tree } = model;
  const place = new Uint8Array(tree.size);
  place[ROOT] = prefix.length === 0 ? INSIDE : PARTLY;
  for (let node = 1; node < tree.size; node++) {
    const above = place[tree.parent(node)] as number;
    place[node] = above !== PARTLY || tree.isOther(node) ? above : placeOf(tree.prefix(node), prefix);
  }
  return place;
}

function placeOf(nodePrefix: Buffer, prefix: Buffer): number {
  if (startsWith(nodePrefix, prefix)) return INSIDE;
  return startsWith(prefix, nodePrefix) ? PARTLY : OUTSIDE;
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.length >= prefix.length && bytes.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}

/** The best `limit` entries behind the cursor, in order; ties are broken by the key, so that pages never overlap. */
class Ranking {
  #model: KeyspaceModel;
  #valueOf: (entry: number) => number;
  #sign: 1 | -1;
  #byKey: boolean;
  #limit: number;
  #after: { value: number; key: Buffer } | null;
  #best: { entry: number; value: number; key: Buffer }[] = [];
  /** The last entry of a full page: nothing behind it needs to be kept. */
  #bound: { value: number; key: Buffer } | null = null;

  constructor(model: KeyspaceModel, params: ListKeysParams) {
    this.#model = model;
    this.#valueOf = valueReader(model, params.sort);
    this.#sign = params.descending ? -1 : 1;
    this.#byKey = params.sort === "key";
    this.#limit = Math.min(params.limit, MAX_LISTED);
    this.#after = params.after && {
      value: params.after.value ?? 0,
      key: Buffer.from(params.after.keyBase64, "base64"),
    };
  }

  offer(entry: number): void {
    const value = this.#valueOf(entry);
    if (this.#after !== null && this.#compare(value, entry, this.#after) <= 0) return;
    if (this.#bound !== null && this.#compare(value, entry, this.#bound) >= 0) return;
    this.#best.push({ entry, value, key: this.#model.keyOf(entry) });
    // Cut back only when twice the page has gathered: a sort an entry would be dear.
    if (this.#best.length >= this.#limit * 2) this.#cut();
  }

  entries(): number[] {
    this.#cut();
    return this.#best.map(({ entry }) => entry);
  }

  #cut(): void {
    this.#best.sort((a, b) => this.#order(a.value, b.value) || this.#orderKeys(a.key, b.key));
    if (this.#best.length > this.#limit) this.#best.length = this.#limit;
    if (this.#best.length === this.#limit) this.#bound = this.#best[this.#limit - 1] ?? null;
  }

  #compare(value: number, entry: number, other: { value: number; key: Buffer }): number {
    return this.#order(value, other.value) || this.#orderKeys(this.#model.viewKey(entry), other.key);
  }

  #order(a: number, b: number): number {
    return (a - b) * this.#sign;
  }

  #orderKeys(a: Buffer, b: Buffer): number {
    return a.compare(b) * (this.#byKey ? this.#sign : 1);
  }
}

function valueReader(model: KeyspaceModel, sort: KeySort): (entry: number) => number {
  const { table, history } = model;
  switch (sort) {
    case "key":
      return () => 0;
    case "keyBytes":
      return (entry) => model.keyBytes(entry);
    case "liveBytes":
      return (entry) => model.keyBytes(entry) + table.valueBytes(entry);
    case "valueBytes":
      return (entry) => table.valueBytes(entry);
    case "version":
      return (entry) => table.version(entry);
    case "age":
    case "modRevision":
      return (entry) => table.modRevision(entry);
    case "historyBytes": {
      const bytes = history.isKnownByKey ? history.bytesOfAll() : null;
      return (entry) => bytes?.[entry] ?? 0;
    }
  }
}

/** The figures of keys as the model has them. */
function listedKeys(model: KeyspaceModel, entries: number[]): ListedKey[] {
  const { table, history } = model;
  const held = history.isKnownByKey ? history.ofEntries(new Set(entries)) : null;
  return entries.map((entry) => ({
    keyBase64: model.keyOf(entry).toString("base64"),
    keyBytes: model.keyBytes(entry),
    valueBytes: table.valueBytes(entry),
    createRevision: table.createRevision(entry),
    modRevision: table.modRevision(entry),
    version: table.version(entry),
    historyBytes: held === null ? null : (held.get(entry)?.bytes ?? 0),
    historyRevisions: held === null ? null : (held.get(entry)?.revisions ?? 0),
    deleted: !table.isLive(entry),
    leased: table.isLeased(entry),
  }));
}

function emptyGroup(prefix: Buffer): KeyGroup {
  const prefixBase64 = prefix.toString("base64");
  return { prefixBase64, isKey: false, keys: 0, keyBytes: 0, valueBytes: 0, largestValueBytes: 0 };
}

function addToGroup(group: KeyGroup, keyBytes: number, valueBytes: number): void {
  group.keys++;
  group.keyBytes += keyBytes;
  group.valueBytes += valueBytes;
  if (valueBytes > group.largestValueBytes) group.largestValueBytes = valueBytes;
}

function liveBytes(group: KeyGroup): number {
  return group.keyBytes + group.valueBytes;
}
