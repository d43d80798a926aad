import type { ChurnAnswer, ChurnParams, ChurnRow } from "@/lib/api/churn";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import type { TimeRange } from "@/lib/model/time-range";
import { listComparable } from "@/lib/queries/churn-nodes";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { type ModelStanding, readModelStanding } from "@/lib/queries/model-state";
import { findNode, type PrefixNode } from "@/lib/queries/prefix-nodes";
import { toQueryRange } from "@/lib/queries/query-range";
import { type PrefixWindow, readWindow } from "@/lib/queries/window";

/** More dots than this are not told apart; what is beyond adds up in the rest. */
const MOST_ROWS = 1_000;

/** How large the prefixes below one are, and how many bytes are written to them. They add up to it. */
export async function readChurn(db: Db, clusterId: number, params: ChurnParams, nowMs: number): Promise<ChurnAnswer> {
  const bytes = toKeyBytes("parent", params.parent, params.parentBase64);
  const range = toQueryRange(params, nowMs);
  // One snapshot: what the rows add up to is what the parent says.
  const stored = await db.transaction(
    async (tx) => {
      const standing = await readModelStanding(tx, clusterId, nowMs);
      const parent = standing.revision === null ? null : await findNode(tx, clusterId, bytes);
      return { standing, parent, nodes: parent ? await listComparable(tx, clusterId, parent) : [] };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
  const { parent, nodes, standing } = stored;
  if (parent === null) return toAnswer(standing, { parent: null, items: [], range, observedSeconds: 0 });
  const slots = new Set([parent.slot, ...nodes.map(({ slot }) => slot)]);
  const window = await readWindow(db, clusterId, { range, slots, nowMs });
  const whole = toFigures(parent, window);
  const origin = standing.state === "live" ? ("exact" as const) : ("estimated" as const);
  const rows = nodes
    .map((node) => ({ node, figures: toFigures(node, window) }))
    .filter(({ figures }) => figures.keys > 0 || figures.writes > 0 || (figures.historyBytes ?? 0) > 0)
    .sort((a, b) => b.figures.liveBytes - a.figures.liveBytes || a.node.slot - b.node.slot);
  const shown = rows.slice(0, MOST_ROWS);
  const rest = restOf(
    whole,
    shown.map(({ figures }) => figures),
  );
  const context = { whole, origin, seconds: window.observedSeconds };
  const items = shown.map(({ node, figures }) => toRow(node, figures, context));
  if (rest.keys > 0 || rest.writes > 0) items.push(toRow({ ...parent, childPrefixes: 0 }, rest, context, "rest"));
  return toAnswer(standing, {
    ...{ parent: toRow(parent, whole, context), items, range: window.range },
    observedSeconds: window.observedSeconds,
  });
}

/** What a row is made of, as sums that can be subtracted. */
interface Figures {
  keys: number;
  liveBytes: number;
  historyBytes: number | null;
  writtenBytes: number;
  writes: number;
  growthBytes: number | null;
}

function toFigures(node: PrefixNode, window: PrefixWindow): Figures {
  const { puts, deletes, writtenBytes } = window.counts(node.slot);
  return {
    keys: node.keys,
    liveBytes: node.keyBytes + node.valueBytes,
    historyBytes: node.historyBytes,
    writtenBytes,
    writes: puts + deletes,
    growthBytes: window.growth(node.slot, node)?.bytes ?? null,
  };
}

function restOf(whole: Figures, parts: readonly Figures[]): Figures {
  const rest = { ...whole };
  for (const part of parts) {
    rest.keys -= part.keys;
    rest.liveBytes -= part.liveBytes;
    rest.historyBytes = minus(rest.historyBytes, part.historyBytes);
    rest.writtenBytes -= part.writtenBytes;
    rest.writes -= part.writes;
    rest.growthBytes = minus(rest.growthBytes, part.growthBytes);
  }
  return rest;
}

function minus(whole: number | null, part: number | null): number | null {
  return whole === null || part === null ? null : whole - part;
}

interface RowContext {
  whole: Figures;
  origin: ChurnRow["origin"];
  seconds: number;
}

function toRow(node: PrefixNode, figures: Figures, context: RowContext, kind = kindOf(node)): ChurnRow {
  const { whole, origin, seconds } = context;
  const { keys, liveBytes, historyBytes, writtenBytes, writes, growthBytes } = figures;
  const { text: prefix, base64: prefixBase64 } = toKeyText(node.prefix);
  const perSecond = (count: number) => (seconds > 0 ? count / seconds : null);
  return {
    ...{ prefix, prefixBase64, kind, keys, liveBytes, historyBytes },
    liveShare: whole.liveBytes > 0 ? liveBytes / whole.liveBytes : 0,
    writtenBytesPerSecond: perSecond(writtenBytes),
    writtenShare: whole.writtenBytes > 0 && seconds > 0 ? writtenBytes / whole.writtenBytes : null,
    writesPerSecond: perSecond(writes),
    growthBytes,
    hasChildren: kind === "prefix" && node.childPrefixes > 0,
    origin,
  };
}

function kindOf({ isOther }: PrefixNode): ChurnRow["kind"] {
  return isOther ? "other" : "prefix";
}

function toAnswer(
  standing: ModelStanding,
  told: Pick<ChurnAnswer, "parent" | "items"> & { range: TimeRange; observedSeconds: number },
): ChurnAnswer {
  const { parent, items, range, observedSeconds } = told;
  const { state, revision, at, lagMs } = standing;
  return {
    ...{ parent, items, nextCursor: null, state, revision, at, lagMs },
    range: {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds,
    },
  };
}
