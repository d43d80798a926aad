import { toKubernetesPlace } from "@/lib/model/kubernetes";
import { formatBytes, formatRatio } from "@/lib/model/units";
import { FLOORS, type PrefixMove } from "@/lib/rules/triage/prefix-moves";
import { known } from "@/lib/rules/triage/readings";
import { codeName, formatFigure, plainName, roseBy, wentFrom } from "@/lib/rules/triage/triage-words";

/** A key with so much of its prefix' writes is what is hot. */
const KEY_SHARE = 0.5;

/** Only a value of some length is why the bytes are many. */
const FAT_BYTES = 10_240;

/** What to call a prefix that moved. */
export interface PrefixWords {
  title: string;
  because: string;
  text: string;
}

/** An event storm, a fat hot key, a hot key, or a hot prefix, with its numbers. */
export function prefixWords(move: PrefixMove): PrefixWords {
  const { prefix, moved, share, measure } = move;
  const now = known(moved.window) ?? known(moved.worst) ?? 0;
  const noun = measure === "writes" ? "writes" : "bytes";
  const rise = `${codeName(prefix.prefix)} ${move.measure === "writes" ? roseBy(known(moved.calm), now, "writes") : wentFrom(known(moved.calm), now, "bytesPerSecond")}, ${formatRatio(share)} of all ${noun}`;
  if (prefix.isEvents) return eventStorm(move, rise);
  const key = hotKeyOf(move);
  if (key === null) return { title: "Hot prefix", because: `writes to ${codeName(prefix.prefix)}`, text: `${rise}.` };
  const isFat = (key.valueBytes ?? 0) >= FAT_BYTES && (key.bytesPerSecond ?? 0) >= FLOORS.writtenBytes;
  const size = key.valueBytes === null ? "" : `, ${formatBytes(key.valueBytes)} each time`;
  return {
    title: isFat ? "Fat hot key" : "Hot key",
    because: `${isFat ? "a large key" : "one key"} that is written over and over`,
    text: `${codeName(key.key)} is written ${formatFigure(key.writesPerSecond, "perSecond")}${size}. ${rise}.`,
  };
}

/** The one key behind a move; null: none stands out. */
export function hotKeyOf({ prefix }: PrefixMove) {
  const { hotKey } = prefix;
  const writes = Math.max(known(prefix.writes.window) ?? 0, 0);
  const rate = known(hotKey?.writesPerSecond);
  if (hotKey == null || rate === null || rate <= 0 || rate < writes * KEY_SHARE) return null;
  const valueBytes = known(hotKey.valueBytes);
  return {
    key: hotKey.key,
    writesPerSecond: rate,
    valueBytes,
    bytesPerSecond: valueBytes === null ? null : valueBytes * rate,
  };
}

function eventStorm({ prefix }: PrefixMove, rise: string): PrefixWords {
  const namespace = toKubernetesPlace(prefix.prefix)?.namespace ?? null;
  const where = namespace === null ? "" : ` in namespace ${plainName(namespace)}`;
  return {
    title: "Event storm",
    because: namespace === null ? "an event storm" : "an event storm from one namespace",
    text: `Event storm${where}: ${rise}.`,
  };
}
