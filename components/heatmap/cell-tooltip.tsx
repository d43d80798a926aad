"use client";

import { Check, Copy, X } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { type CellFacts, factsOf } from "@/components/heatmap/heat-cells";
import type { HeatStage } from "@/components/heatmap/heat-stage";
import { formatCell } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import { boxOfCell } from "@/components/heatmap/stage-geometry";
import { useStage } from "@/components/heatmap/use-stage";
import { Button } from "@/components/ui/button";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import { KeyName } from "@/components/ui/key-name";
import { toVisibleText } from "@/components/ui/visible-text";
import type { HeatHead } from "@/lib/model/heat-matrix";
import { formatRatio } from "@/lib/model/units";

const WIDTH_PX = 300;
const GAP_PX = 14;

/** What the cell under the pointer or the cursor says; pinned by a click, it stays and can be copied and followed. */
export function CellTooltip({ stage, hrefOf }: { stage: HeatStage; hrefOf(cell: CellFacts): string }) {
  const hover = useStage(stage, "hover");
  const pinned = useStage(stage, "pinned");
  const cursor = useStage(stage, "cursor");
  const view = useStage(stage, "view");
  const size = useStage(stage, "size");
  const { head, values } = stage.painting;
  const cell = pinned ?? hover ?? cursor;
  const facts = cell && factsOf({ head, values }, cell);
  if (facts === null) return null;
  const box = boxOfCell(head, facts, view, size);
  const isLeft = box.left + box.width + GAP_PX + WIDTH_PX > size.width;
  const left = isLeft ? Math.max(0, box.left - GAP_PX - WIDTH_PX) : box.left + box.width + GAP_PX;
  const top = Math.max(0, Math.min(size.height - 150, box.top - 12));
  const isPinned = pinned !== null;
  return (
    <div className={styles.tooltip} data-pinned={isPinned || undefined} style={{ left, top }}>
      <Facts facts={facts} head={head} />
      {isPinned && (
        <PinnedActions facts={facts} head={head} href={hrefOf(facts)} onClose={() => stage.mark({ pinned: null })} />
      )}
    </div>
  );
}

function Facts({ facts, head }: { facts: CellFacts; head: HeatHead }) {
  const zone = useZone();
  return (
    <>
      <div className={styles.tooltipName}>
        {facts.kind === "rest" && <span className="muted">rest of </span>}
        {facts.prefix === "" ? "all keys" : <KeyName text={facts.prefix} base64={facts.prefixBase64} fit="whole" />}
      </div>
      <dl>
        <div>
          <dt>{cellTimeWords(facts, zone)}</dt>
          <dd>{valueWords(facts, head)}</dd>
        </div>
        {facts.share !== null && (
          <div>
            <dt>Share of this column</dt>
            <dd>{formatRatio(facts.share)}</dd>
          </div>
        )}
        {head.compare !== null && (
          <div>
            <dt>Against</dt>
            <dd>{formatInstant(facts.fromMs - head.compare.shiftMs, zone, "minute")}</dd>
          </div>
        )}
        <div>
          <dt>Origin</dt>
          <dd>{head.origin}</dd>
        </div>
      </dl>
    </>
  );
}

function PinnedActions(props: { facts: CellFacts; head: HeatHead; href: string; onClose(): void }) {
  const { facts, head, href, onClose } = props;
  const zone = useZone();
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  const copy = async () => {
    const text = [rowWords(facts), cellTimeWords(facts, zone), valueWords(facts, head)].join("\t");
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      setCopied("no"); // outside https browsers have no clipboard
    }
  };
  return (
    <div className={styles.tooltipActions}>
      <Link className="link" href={href} prefetch={false}>
        Open prefix at that time
      </Link>
      <span className="grow" />
      <Button small kind="quiet" onClick={copy}>
        {copied === "yes" ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
        {copied === "no" ? "Cannot copy" : copied === "yes" ? "Copied" : "Copy"}
      </Button>
      <Button small kind="quiet" iconOnly aria-label="Unpin" onClick={onClose}>
        <X size={13} aria-hidden="true" />
      </Button>
    </div>
  );
}

/** A cell in words, for those who hear it. */
export function cellWords(facts: CellFacts, head: HeatHead, zone: string): string {
  const share = facts.share === null ? "" : `, ${formatRatio(facts.share)} of this column`;
  return `${rowWords(facts)}, ${cellTimeWords(facts, zone)}, ${valueWords(facts, head)}${share}`;
}

function rowWords({ kind, prefix }: CellFacts): string {
  return `${kind === "rest" ? "rest of " : ""}${toVisibleText(prefix) || "all keys"}`;
}

function valueWords({ value, isObserved }: CellFacts, head: HeatHead): string {
  if (value !== null) return formatCell(value, head);
  return isObserved ? "not known" : "nobody watched";
}

/** `21 Nov, 14:02 – 14:03 CET`; days where a column is one. */
function cellTimeWords({ fromMs, toMs }: CellFacts, zone: string): string {
  if (toMs - fromMs >= 86_400_000) return formatInstant(fromMs, zone, "day");
  const day = formatInstant(fromMs, zone, "minute").split(",")[0];
  const style = toMs - fromMs < 60_000 ? "time" : "minute";
  const clock = (atMs: number) => formatInstant(atMs, zone, style).split(", ").at(-1) ?? "";
  return `${day}, ${clock(fromMs).split(" ")[0]} – ${clock(toMs)}`;
}
