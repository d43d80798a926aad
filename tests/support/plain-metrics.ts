/** A page of metrics taken apart by plain text search, to compare the product's figures with. */
export interface PlainSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The samples of some names. Good for pages without escapes, such as the recorded ones. */
export function readPlainly(page: string, names: readonly string[]): PlainSample[] {
  const samples: PlainSample[] = [];
  for (const line of page.split("\n")) {
    const name = line.split(/[{ ]/)[0] as string;
    if (!names.includes(name)) continue;
    const labels: Record<string, string> = {};
    for (const [, label, text] of line.matchAll(/(\w+)="([^"]*)"/g)) labels[label as string] = text as string;
    samples.push({ name, labels, value: Number(line.slice(line.lastIndexOf(" ") + 1)) });
  }
  return samples;
}

/** Samples added up by name and some labels: `name label,label` to figure. */
export function sumPlainly(samples: readonly PlainSample[], labels: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const sample of samples) {
    const key = plainKey(sample, labels);
    sums.set(key, (sums.get(key) ?? 0) + sample.value);
  }
  return sums;
}

/** What `sumPlainly` calls a series. */
export function plainKey({ name, labels }: Omit<PlainSample, "value">, kept: readonly string[]): string {
  return `${name} ${kept.map((label) => labels[label] ?? "").join(",")}`;
}

/** By how much counters have grown: one that was not there began at 0, and so did one that is lower than before. */
export function growPlainly(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  return new Map(
    [...after].map(([key, value]) => {
      const past = before.get(key) ?? 0;
      return [key, value < past ? value : value - past];
    }),
  );
}
