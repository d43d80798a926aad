/** A grey block in the shape of what comes. */
export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number | string }) {
  return <div className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** The shape of a page that is on its way: its answer, a strip of figures, a table. */
export function PageSkeleton({ label }: { label: string }) {
  return (
    <div className="page" role="status" aria-label={label}>
      <div className="page" style={{ gap: 8 }}>
        <Skeleton width="min(420px, 80%)" height={22} />
        <Skeleton width="min(620px, 100%)" />
      </div>
      <Skeleton height={76} />
      <Skeleton height={340} />
    </div>
  );
}
