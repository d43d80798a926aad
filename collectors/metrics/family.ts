import type { MetricKind } from "@/lib/model/metrics";

/** Labels of a sample, by name. */
export type Labels = ReadonlyMap<string, string>;

/** Another name under which some version tells the same. */
export interface FamilyAlias {
  name: string;
  /** What its labels are called here; those as they are without. */
  toLabels?(labels: Labels): Labels;
  /** What its figures are multiplied by. */
  scale?: number;
}

/** A metric that is kept: under one name, whatever the version calls it. */
export interface MetricFamily {
  name: string;
  type: MetricKind | "histogram";
  /** The labels kept apart; figures that differ in others only are added up. */
  labels?: readonly string[];
  /** Older or newer names, the preferred first. They are only listened to where the name itself is not on the page. */
  aliases?: readonly FamilyAlias[];
  /** What labels of other versions are called here. */
  toLabels?(labels: Labels): Labels;
  /** Of a histogram: whether its buckets are kept, or just sum and count. Kept unless said otherwise. */
  hasBuckets?: boolean;
  /** A figure that stands for "not known": no sample. */
  unknown?: number;
  /** Counters that begin at 0 in great number are left out until they count something. */
  skipsZero?: boolean;
}

const counter = "counter" as const;
const gauge = "gauge" as const;
const histogram = "histogram" as const;
type Rest = Omit<MetricFamily, "name" | "type">;

/** A metric that only grows, whatever type its page says it has. */
export function counterFamily(name: string, rest: Rest = {}): MetricFamily {
  return { name, type: counter, ...rest };
}

/** A metric that stands at something. */
export function gaugeFamily(name: string, rest: Rest = {}): MetricFamily {
  return { name, type: gauge, ...rest };
}

/** A distribution: `_bucket`, `_sum` and `_count`. */
export function histogramFamily(name: string, rest: Rest = {}): MetricFamily {
  return { name, type: histogram, ...rest };
}

/** Just the older name of the same thing. */
export function alsoNamed(...names: string[]): Rest {
  return { aliases: names.map((name) => ({ name })) };
}
