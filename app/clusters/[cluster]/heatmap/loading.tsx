import { HeatmapSkeleton } from "@/components/heatmap/heatmap-skeleton";

/** The shape of the page while it is on its way. */
export default function HeatmapLoading() {
  return <HeatmapSkeleton />;
}
