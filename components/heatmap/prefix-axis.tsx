"use client";

import { clsx } from "clsx";
import { useMemo, useState } from "react";
import { sumRows } from "@/components/heatmap/heat-answer";
import type { HeatStage } from "@/components/heatmap/heat-stage";
import styles from "@/components/heatmap/heatmap.module.css";
import { type AxisGroup, findBase, layOutPrefixAxis } from "@/components/heatmap/prefix-axis-layout";
import { useHeatWheel } from "@/components/heatmap/use-heat-pointer";
import { useStage } from "@/components/heatmap/use-stage";
import { toVisibleText } from "@/components/ui/visible-text";

const TAIL = 9;
const LONG = 22;

/** The prefixes along the side: a bracket a group, a name where there is room. A click looks below the prefix. */
export function PrefixAxis(props: {
  stage: HeatStage;
  height: number;
  /** The prefix that is looked at already: its own name leads nowhere. */
  base: string;
  onDrill(prefix: string): void;
}) {
  const { stage, height } = props;
  const [area, setArea] = useState<HTMLElement | null>(null);
  const view = useStage(stage, "view");
  useHeatWheel(stage, area, "rows");
  const { painting } = stage;
  const { rows } = painting.head;
  const weights = useMemo(() => sumRows(painting), [painting]);
  const groups = useMemo(
    () => layOutPrefixAxis(rows, { top: view.top, bottom: view.bottom, heightPx: height, weights }),
    [rows, view.top, view.bottom, height, weights],
  );
  const common = useMemo(
    () => findBase(rows.slice(Math.floor(view.top), Math.ceil(view.bottom)).map(({ prefix }) => prefix)),
    [rows, view.top, view.bottom],
  );
  return (
    <>
      <span className={styles.base} title={toVisibleText(common)}>
        {toVisibleText(common)}
      </span>
      <div ref={setArea} className={styles.prefixAxis} style={{ height }}>
        {groups.map((group) => (
          <Group key={group.id} group={group} {...props} />
        ))}
      </div>
    </>
  );
}

function Group({ group, base, onDrill }: { group: AxisGroup; base: string; onDrill(prefix: string): void }) {
  const { labelTop, leaves, isRest, prefix, label } = group;
  const isWide = leaves.length === 0;
  return (
    <>
      <i className={styles.bracket} style={{ top: group.top, height: Math.max(1, group.bottom - group.top) }} />
      {labelTop !== null && (
        <Name
          {...{ prefix, label, isRest, top: labelTop }}
          className={clsx(styles.groupName, isWide && styles.wide)}
          onDrill={isRest || prefix === base ? undefined : onDrill}
        />
      )}
      {leaves.map((leaf) => (
        <Name
          key={leaf.id}
          {...{ prefix: leaf.prefix, label: leaf.label, isRest: leaf.isRest, top: leaf.middle - 7 }}
          className={styles.leafName}
          onDrill={leaf.isRest ? undefined : onDrill}
        />
      ))}
    </>
  );
}

function Name(props: {
  prefix: string;
  label: string;
  isRest: boolean;
  top: number;
  className: string | undefined;
  onDrill: ((prefix: string) => void) | undefined;
}) {
  const { prefix, isRest, top, className, onDrill } = props;
  const title = `${isRest ? "rest of " : ""}${toVisibleText(prefix) || "all keys"}`;
  const text = toVisibleText(props.label);
  const shown = (
    <>
      <span>{text.length > LONG ? text.slice(0, -TAIL) : text}</span>
      {text.length > LONG && <span>{text.slice(-TAIL)}</span>}
    </>
  );
  // The pointer's way in; by keyboard the cells are one stop, and the table lists every prefix.
  return onDrill === undefined ? (
    <span className={clsx(styles.name, className)} data-rest={isRest || undefined} style={{ top }} title={title}>
      {shown}
    </span>
  ) : (
    <button
      type="button"
      tabIndex={-1}
      className={clsx(styles.name, className)}
      style={{ top }}
      title={title}
      onClick={() => onDrill(prefix)}
    >
      {shown}
    </button>
  );
}
