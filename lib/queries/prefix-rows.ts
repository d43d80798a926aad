import type { Origin } from "@/lib/api/common";
import type { PrefixRow } from "@/lib/api/prefixes";
import { toKeyText } from "@/lib/model/key-text";
import type { KeyGroup, ListedKey } from "@/lib/model/questions";
import type { PrefixNode } from "@/lib/queries/prefix-nodes";
import type { PrefixWindow } from "@/lib/queries/window";

/** A row on its way to the reader: its bytes order it among its siblings. */
export interface PrefixEntry {
  bytes: Buffer;
  row: PrefixRow;
}

/** What all rows of an answer share. */
export interface RowContext {
  parentLiveBytes: number;
  origin: Origin;
}

const NO_RATES = {
  putsPerSecond: null,
  createsPerSecond: null,
  deletesPerSecond: null,
  writesPerSecond: null,
  writtenBytesPerSecond: null,
  growthBytes: null,
  growthKeys: null,
};

/** The row of a prefix of the tree, with what happened to it over the window. */
export function toNodeEntry(node: PrefixNode, window: PrefixWindow, context: RowContext): PrefixEntry {
  const growth = window.growth(node.slot, node);
  return toEntry(
    node.prefix,
    {
      ...figuresOf(node),
      kind: node.isOther ? "other" : "prefix",
      ...ratesOf(node, window),
      growthBytes: growth?.bytes ?? null,
      growthKeys: growth?.keys ?? null,
      oldestModRevision: node.oldestModRevision,
      newestModRevision: node.newestModRevision,
      historyBytes: node.historyBytes,
      historyRevisions: node.historyRevisions,
      leasedKeys: node.leasedKeys,
      hasChildren: !node.isOther && node.keys > 0,
    },
    context,
  );
}

/** The row of a single key. It has no rates: frames know prefixes only. A deleted one is there for its history alone. */
export function toKeyEntry(key: ListedKey, context: RowContext): PrefixEntry {
  const { keyBytes, valueBytes, modRevision } = key;
  const live = key.deleted
    ? { keys: 0, keyBytes: 0, valueBytes: 0, largestValueBytes: 0 }
    : { keys: 1, keyBytes, valueBytes, largestValueBytes: valueBytes };
  return toEntry(
    Buffer.from(key.keyBase64, "base64"),
    {
      ...NO_RATES,
      ...live,
      kind: "key",
      oldestModRevision: modRevision,
      newestModRevision: modRevision,
      historyBytes: key.historyBytes ?? null,
      historyRevisions: key.historyRevisions ?? null,
      leasedKeys: key.leased === undefined ? null : Number(key.leased),
      hasChildren: false,
    },
    context,
  );
}

/** What only the tree knows of a group of keys. */
export type GroupHistory = Pick<PrefixNode, "historyBytes" | "historyRevisions"> & { leasedKeys: number | null };

const NO_HISTORY: GroupHistory = { historyBytes: null, historyRevisions: null, leasedKeys: null };

/** The row of a group of keys that is no node of the tree. */
export function toGroupEntry(
  group: KeyGroup & Partial<GroupHistory>,
  kind: PrefixRow["kind"],
  context: RowContext,
): PrefixEntry {
  const { historyBytes, historyRevisions, leasedKeys } = { ...NO_HISTORY, ...group };
  return toEntry(
    Buffer.from(group.prefixBase64, "base64"),
    {
      ...NO_RATES,
      ...figuresOf(group),
      kind,
      oldestModRevision: null,
      newestModRevision: null,
      historyBytes,
      historyRevisions,
      leasedKeys,
      hasChildren: kind === "prefix",
    },
    context,
  );
}

function figuresOf({ keys, keyBytes, valueBytes, largestValueBytes }: Omit<KeyGroup, "prefixBase64" | "isKey">) {
  return { keys, keyBytes, valueBytes, largestValueBytes };
}

function ratesOf(node: PrefixNode, { counts, observedSeconds }: PrefixWindow) {
  if (observedSeconds === 0) return NO_RATES;
  const { puts, creates, deletes, writtenBytes } = counts(node.slot);
  return {
    putsPerSecond: puts / observedSeconds,
    createsPerSecond: creates / observedSeconds,
    deletesPerSecond: deletes / observedSeconds,
    writesPerSecond: (puts + deletes) / observedSeconds,
    writtenBytesPerSecond: writtenBytes / observedSeconds,
  };
}

type RowFigures = Omit<
  PrefixRow,
  "prefix" | "prefixBase64" | "liveBytes" | "heldBytes" | "share" | "origin" | "newestModAt"
>;

function toEntry(bytes: Buffer, figures: RowFigures, { parentLiveBytes, origin }: RowContext): PrefixEntry {
  const { text, base64 } = toKeyText(bytes);
  const liveBytes = figures.keyBytes + figures.valueBytes;
  const share = parentLiveBytes > 0 ? liveBytes / parentLiveBytes : 0;
  return {
    bytes,
    row: {
      prefix: text,
      prefixBase64: base64,
      ...figures,
      liveBytes,
      heldBytes: figures.historyBytes === null ? null : liveBytes + figures.historyBytes,
      share,
      origin,
      newestModAt: null,
    },
  };
}
