import { toSparkPaths } from "@/components/ui/spark-paths";

/** A small series without axes, from zero. A gap in the values is a gap in the line. */
export function Sparkline(props: {
  values: readonly (number | null)[];
  label: string;
  width?: number;
  height?: number;
}) {
  const { values, label, width = 88, height = 20 } = props;
  const { line, area } = toSparkPaths(values, width, height);
  return (
    <svg
      className="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {line === "" ? (
        <path className="sparkline-base" d={`M0 ${height - 1}H${width}`} />
      ) : (
        <>
          <path className="sparkline-area" d={area} />
          <path d={line} />
        </>
      )}
    </svg>
  );
}
