import type { Area } from "@/components/keyspace/keyspace-search";
import { nameOf } from "@/components/keyspace/tiles";
import { KeyName } from "@/components/ui/key-name";
import { toSentence } from "@/components/ui/sentence";
import { toVisibleText } from "@/components/ui/visible-text";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import { formatBytes, formatBytesChange, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** `31,204 keys`, `1 key`. */
export function keysWords(keys: number): string {
  return `${formatCount(keys)} ${keys === 1 ? "key" : "keys"}`;
}

/** What a key or prefix is in Kubernetes' words, as a sentence; nothing when it is not Kubernetes' own. */
export function PlaceSentence({ text }: { text: string }) {
  const place = toKubernetesPlace(text);
  return place === null ? null : <>In Kubernetes' words: {toVisibleText(place.words)}. </>;
}

/** The answer of a list of prefixes in a sentence or two: what is largest, what is busiest, what changed. */
export function ChildrenSentence({ answer, area }: { answer: PrefixesAnswer; area: Area }) {
  const { parent, items } = answer;
  if (parent === null) return null;
  const top = items.find((row) => weightOf(row, area) > 0);
  if (top === undefined) return <NothingSentence area={area} historyReason={answer.historyReason} />;
  const name = <RowName row={top} parent={parent.prefix} />;
  if (area === "growth") {
    return (
      <>
        It changed by {parent.growthBytes === null ? "an unknown amount" : formatBytesChange(parent.growthBytes)} over
        this time; {name} grew most, by {formatBytes(top.growthBytes ?? 0)}.
      </>
    );
  }
  if (area === "writes") {
    return (
      <>
        {name} is written most: {formatPerSecond(top.writesPerSecond ?? 0)} of{" "}
        {formatPerSecond(parent.writesPerSecond ?? 0)} writes per second.
      </>
    );
  }
  if (area === "history") {
    return (
      <>
        {name} holds the most history: {formatBytes(top.historyBytes ?? 0)} of {formatBytes(parent.historyBytes ?? 0)}{" "}
        in superseded revisions, which compaction frees.
      </>
    );
  }
  const part = area === "keys" ? top.keys / parent.keys : top.share;
  return (
    <>
      {name} is the largest part: {area === "keys" ? keysWords(top.keys) : formatBytes(top.liveBytes)},{" "}
      {formatRatio(part)}.
      {parent.writesPerSecond !== null && <> {formatPerSecond(parent.writesPerSecond)} writes per second.</>}
    </>
  );
}

function NothingSentence({ area, historyReason }: { area: Area; historyReason: string | null }) {
  if (area === "writes") return <>Nothing was written here in this time.</>;
  if (area === "history") {
    return historyReason === null ? <>No superseded revision is held here.</> : historySentence(historyReason);
  }
  return area === "growth" ? <>Nothing here is known to have grown in this time.</> : null;
}

/** Why history is not measured, as a sentence. */
export function historySentence(reason: string): string {
  return `History is not measured: ${toSentence(reason)}`;
}

function weightOf(row: PrefixRow, area: Area): number {
  if (area === "writes") return row.writesPerSecond ?? 0;
  if (area === "history") return row.historyBytes ?? 0;
  return (area === "growth" ? row.growthBytes : row[area]) ?? 0;
}

/** A row's name in running text. */
export function RowName({ row, parent }: { row: Pick<PrefixRow, "kind" | "prefix">; parent: string }) {
  return row.kind === "other" ? <b>{nameOf(row, parent)}</b> : <KeyName text={row.prefix} relativeTo={parent} />;
}
