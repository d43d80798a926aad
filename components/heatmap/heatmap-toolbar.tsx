"use client";

import { HEAT_SCALES, type HeatmapState } from "@/components/heatmap/heat-search";
import { MEASURE_LABELS } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import { Breadcrumb } from "@/components/keyspace/breadcrumb";
import type { SearchPatch } from "@/components/shell/patch-search";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import { Segmented } from "@/components/ui/segmented";
import { COMPARE_PRESETS } from "@/lib/api/compare";
import { HEAT_MEASURES } from "@/lib/model/heat-matrix";

const MEASURES = HEAT_MEASURES.map((value) => ({ value, label: MEASURE_LABELS[value] }));
const SCALES = HEAT_SCALES.map((value) => ({ value, label: value === "log" ? "Log" : "Linear" }));
const NOT_COMPARED = "off";

/** What is shown and how; every choice is in the URL. */
export function HeatmapToolbar(props: {
  state: HeatmapState;
  shown: string;
  hrefOf(prefix: string): string;
  onDrill(prefix: string): void;
  patch(changes: SearchPatch): void;
}) {
  const { state, patch } = props;
  const compare = useCompareOptions(state.compare);
  return (
    <div className={styles.toolbar}>
      <Breadcrumb text={props.shown} hrefOf={props.hrefOf} onOpen={props.onDrill} />
      <div className={styles.switches}>
        <Segmented
          hideLabel
          label="Measure"
          value={state.measure}
          options={MEASURES}
          onChange={(measure) => patch({ measure: measure === "writes" ? null : measure })}
        />
        <Segmented
          hideLabel
          label="Scale"
          value={state.scale}
          options={SCALES}
          onChange={(scale) => patch({ scale: scale === "log" ? null : scale })}
        />
        <Segmented
          label="Against"
          value={state.compare ?? NOT_COMPARED}
          options={compare}
          onChange={(value) => patch({ compare: value === NOT_COMPARED ? null : value })}
        />
      </div>
    </div>
  );
}

/** The offsets, and an instant from the URL where there is one. */
function useCompareOptions(chosen: string | null) {
  const zone = useZone();
  const options: { value: string; label: string }[] = [
    { value: NOT_COMPARED, label: "Nothing" },
    ...COMPARE_PRESETS.map((value) => ({ value, label: `${value.replace(/(\d+)/, "$1 ")} before` })),
  ];
  if (chosen === null || options.some(({ value }) => value === chosen)) return options;
  return [...options, { value: chosen, label: formatInstant(Date.parse(chosen), zone, "minute") }];
}
