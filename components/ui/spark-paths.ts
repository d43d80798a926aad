/**
 * SVG paths of a small series, zero at the bottom and the largest value at the top. Every run of values without a gap is
 * a line of its own; a single value between two gaps is a dot (a line of no length, which a round cap draws).
 */
export function toSparkPaths(values: readonly (number | null)[], width: number, height: number) {
  const largest = Math.max(0, ...values.filter((value) => value !== null));
  const x = (index: number) => round(values.length < 2 ? width / 2 : (width * index) / (values.length - 1));
  const y = (value: number) => round(height - 1 - (largest === 0 ? 0 : ((height - 2) * value) / largest));
  let line = "";
  let area = "";
  for (const run of listRuns(values)) {
    const points = run.values.map((value, offset) => `${x(run.from + offset)} ${y(value)}`);
    line += `M${points.join("L")}${points.length === 1 ? `L${points[0]}` : ""}`;
    const lastX = x(run.from + run.values.length - 1);
    area += `M${points.join("L")}L${lastX} ${height - 1}L${x(run.from)} ${height - 1}Z`;
  }
  return { line, area };
}

function listRuns(values: readonly (number | null)[]): { from: number; values: number[] }[] {
  const runs: { from: number; values: number[] }[] = [];
  let isOpen = false;
  values.forEach((value, index) => {
    if (value === null) isOpen = false;
    else if (isOpen) runs.at(-1)?.values.push(value);
    else {
      runs.push({ from: index, values: [value] });
      isOpen = true;
    }
  });
  return runs;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
