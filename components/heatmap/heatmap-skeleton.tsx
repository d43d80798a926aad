import { Skeleton } from "@/components/ui/skeleton";

/** The shape of a heatmap that is on its way. */
export function HeatmapSkeleton() {
  return (
    <div className="page" role="status" aria-label="Loading the heatmap">
      <div className="page" style={{ gap: 8 }}>
        <Skeleton width="min(460px, 80%)" height={22} />
        <Skeleton width="min(620px, 100%)" />
      </div>
      <Skeleton height={640} />
    </div>
  );
}
