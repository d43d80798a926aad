import type { Labels, MetricFamily } from "@/collectors/metrics/family";
import { type PageSummary, PrometheusTextParser } from "@/collectors/metrics/prometheus-text";
import type { SampleLine } from "@/collectors/metrics/sample-line";
import { cleanText } from "@/lib/model/clean-text";
import type { MetricKind } from "@/lib/model/metrics";

/** A series of a page: its kept name and labels, and what it stands at. */
export interface PageSeries {
  /** Tells series apart; the same on every page. */
  key: string;
  name: string;
  labels: Record<string, string>;
  kind: MetricKind;
  value: number;
}

/** What of a page is kept. */
export interface MetricPage extends PageSummary {
  series: Map<string, PageSeries>;
  /** Series there was no room for. */
  droppedSeries: number;
}

/** A target may have so many series; what comes after them is dropped and counted. */
export const MAX_PAGE_SERIES = 30_000;
const MAX_LABEL_CHARACTERS = 256;

/** What a name on the page is to the catalogue. */
interface Listed {
  family: MetricFamily;
  /** The kept name. */
  name: string;
  kind: MetricKind;
  labels: readonly string[];
  toLabels: ((labels: Labels) => Labels) | undefined;
  /** 0 for the family's own name, then its aliases. */
  rank: number;
}

/** Which names are kept, and how; made once for a source. */
export type Catalogue = ReadonlyMap<string, Listed>;

/** Every name under which the families may be on a page. */
export function toCatalogue(families: readonly MetricFamily[]): Catalogue {
  const catalogue = new Map<string, Listed>();
  for (const family of families) {
    const names = [{ name: family.name, toLabels: family.toLabels }, ...(family.aliases ?? [])];
    for (const [rank, { name, toLabels = family.toLabels }] of names.entries()) {
      for (const { suffix, kind, labels } of partsOf(family)) {
        catalogue.set(name + suffix, { family, name: family.name + suffix, kind, labels, toLabels, rank });
      }
    }
  }
  return catalogue;
}

function partsOf({ type, labels = [], hasBuckets = true }: MetricFamily) {
  if (type !== "histogram") return [{ suffix: "", kind: type, labels }];
  const kind = "counter" as const;
  const parts = [
    { suffix: "_sum", kind, labels },
    { suffix: "_count", kind, labels },
  ];
  return hasBuckets ? [...parts, { suffix: "_bucket", kind, labels: [...labels, "le"] }] : parts;
}

/** Reads one page: bytes in, the series of the catalogue out. */
export class PageReader {
  #catalogue: Catalogue;
  #parser: PrometheusTextParser;
  /** By family, and by the rank of the name it came under. */
  #found = new Map<MetricFamily, Map<string, PageSeries>[]>();
  #series = 0;
  #droppedSeries = 0;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#parser = new PrometheusTextParser({
      wants: (name) => catalogue.has(name),
      onSample: (sample) => this.#take(sample),
    });
  }

  /** Takes the next bytes. Throws a `PageTooLargeError`. */
  push(chunk: Uint8Array): void {
    this.#parser.push(chunk);
  }

  /** What was on the page. Of a family under several names the first one counts. */
  finish(): MetricPage {
    const summary = this.#parser.finish();
    const series = new Map<string, PageSeries>();
    for (const ranks of this.#found.values()) {
      const first = ranks.find((found) => found !== undefined && found.size > 0);
      for (const [key, one] of first ?? []) series.set(key, one);
    }
    return { ...summary, series, droppedSeries: this.#droppedSeries };
  }

  #take({ name, labels: given, value }: SampleLine): void {
    const listed = this.#catalogue.get(name) as Listed;
    const { family, kind, toLabels } = listed;
    if (!Number.isFinite(value) || value === family.unknown) return;
    if (kind === "counter" && (value < 0 || (value === 0 && family.skipsZero))) return;
    const labels = toLabels === undefined ? given : toLabels(given);
    const values = listed.labels.map((label) => cleanText(labels.get(label), MAX_LABEL_CHARACTERS) ?? "");
    const key = [listed.name, ...values].join("\u0001");
    const found = this.#foundUnder(listed);
    const known = found.get(key);
    if (known !== undefined) known.value += value;
    else if (this.#series >= MAX_PAGE_SERIES) this.#droppedSeries++;
    else {
      this.#series++;
      found.set(key, { key, name: listed.name, labels: toRecord(listed.labels, values), kind, value });
    }
  }

  #foundUnder({ family, rank }: Listed): Map<string, PageSeries> {
    let ranks = this.#found.get(family);
    if (ranks === undefined) {
      ranks = [];
      this.#found.set(family, ranks);
    }
    const found = ranks[rank] ?? new Map<string, PageSeries>();
    ranks[rank] = found;
    return found;
  }
}

/** The names are the catalogue's, so no label of a page can be called `__proto__`. */
function toRecord(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] as string]));
}
