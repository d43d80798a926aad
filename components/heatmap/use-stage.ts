"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import type { Painting } from "@/components/heatmap/heat-painter";
import type { RowWindow } from "@/components/heatmap/heat-search";
import { HeatStage, type StageState } from "@/components/heatmap/heat-stage";

/** A stage for as long as the component lives, `rows` in sight at first; it is shown every new painting. */
export function useNewStage(painting: Painting, rows: RowWindow | null = null): HeatStage {
  const [stage] = useState(() => new HeatStage(painting, rows));
  useEffect(() => stage.show(painting), [stage, painting]);
  return stage;
}

/** One part of a stage's state, renewed when it changes. */
export function useStage<Name extends keyof StageState>(stage: HeatStage, name: Name): StageState[Name] {
  return useSyncExternalStore(
    stage.subscribe,
    () => stage.get()[name],
    () => stage.get()[name],
  );
}
