import { FRAME_GAUGES, FRAME_MEASURES, type FrameGauge } from "@/lib/model/frame";
import type { TimeRange } from "@/lib/model/time-range";
import { MatrixStretch } from "./matrix-stretch";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const COMPACTION_MINUTES = 5;
const FIRST_REVISION = 1_000;

/** What the prefixes below a resource do. */
type Habit = "heartbeat" | "churn" | "expiring" | "periodic" | "steady" | "leak" | "cold";

const RESOURCES: readonly [name: string, habit: Habit, valueBytes: number][] = [
  ["pods", "churn", 4_200],
  ["events", "expiring", 900],
  ["leases", "heartbeat", 420],
  ["configmaps", "periodic", 2_600],
  ["secrets", "cold", 3_100],
  ["endpointslices", "churn", 1_500],
  ["replicasets", "steady", 2_900],
  ["deployments", "steady", 3_300],
  ["serviceaccounts", "cold", 250],
  ["jobs", "leak", 2_000],
  ["services", "cold", 700],
  ["statefulsets", "steady", 3_000],
  ["daemonsets", "periodic", 3_600],
  ["roles", "cold", 500],
  ["rolebindings", "cold", 450],
  ["cronjobs", "periodic", 1_800],
];
const NAMESPACES = "ci-build kube-system monitoring payments checkout search mail billing web api".split(" ");

interface Leaf {
  slot: number;
  habit: Habit;
  /** Writes a minute on a quiet day. */
  rate: number;
  keyBytes: number;
  valueBytes: number;
  isStormy: boolean;
  /** Creates of the last hour, for what expires after it. */
  born: Float64Array;
  sinceCompaction: number;
  beforeCompaction: number;
}

export interface SyntheticNode {
  slot: number;
  parentSlot: number | null;
  prefix: string;
  isOther: boolean;
}

/** A keyspace that lives a minute at a time, always the same way. */
export class SyntheticKeyspace {
  readonly nodes: SyntheticNode[] = [{ slot: 0, parentSlot: null, prefix: "", isOther: false }];
  /** The hours of the last day and a bit, as plain matrices. */
  readonly hours: MatrixStretch[] = [];
  revision = FIRST_REVISION;
  #leaves: Leaf[] = [];
  #now: Record<FrameGauge, Float64Array>;
  #random = randomFrom(42);
  #minute = 0;

  constructor(
    prefixes: number,
    readonly gaps: readonly TimeRange[],
  ) {
    this.#plant(Math.max(prefixes, 4));
    const gauges = FRAME_GAUGES.map((gauge) => [gauge, new Float64Array(this.nodes.length)]);
    this.#now = Object.fromEntries(gauges) as Record<FrameGauge, Float64Array>;
    for (const leaf of this.#leaves) this.#begin(leaf);
  }

  /** What every slot holds now, as a copy. */
  gauges(): Record<FrameGauge, Float64Array> {
    const copies = FRAME_GAUGES.map((gauge) => [gauge, this.#summed(gauge)]);
    return Object.fromEntries(copies) as Record<FrameGauge, Float64Array>;
  }

  /** Lives an hour, or the part of it that is asked for. */
  nextHour(fromMs: number, lengthMs: number): MatrixStretch {
    const hour = new MatrixStretch(fromMs, MINUTE_MS, lengthMs / MINUTE_MS, this.nodes.length);
    for (let column = 0; column < hour.columns; column++) {
      const atMs = fromMs + column * MINUTE_MS;
      const isWatched = !this.gaps.some((gap) => atMs >= gap.fromMs && atMs < gap.toMs);
      hour.observedMs[column] = isWatched ? MINUTE_MS : 0;
      this.#minute++;
      for (const leaf of this.#leaves) this.#live(leaf, hour, column, atMs);
      if (isWatched) this.revision += this.#writesOf(hour, column);
      hour.revisions[column] = this.revision;
    }
    this.#sumUp(hour);
    this.hours.push(hour);
    if (this.hours.length > 26) this.hours.shift();
    return hour;
  }

  isLeaf(slot: number): boolean {
    return this.#leaves.some((leaf) => leaf.slot === slot);
  }

  #plant(prefixes: number): void {
    this.#add(0, "/registry/");
    const resources = RESOURCES.slice(0, Math.max(1, Math.min(RESOURCES.length, Math.floor((prefixes - 2) / 2))));
    const parents = resources.map(([name]) => this.#add(1, `/registry/${name}/`));
    for (let n = 0; this.nodes.length < prefixes; n++) {
      const [name, habit, valueBytes] = resources[n % resources.length] as (typeof RESOURCES)[number];
      const turn = Math.floor(n / resources.length);
      const namespace = NAMESPACES[turn] ?? `team-${turn}`;
      const isOther = turn === 12;
      const slot = this.#add(
        parents[n % parents.length] as number,
        `/registry/${name}/${isOther ? "" : `${namespace}/`}`,
        isOther,
      );
      // Zipf's law over the namespaces of a resource, and a resource that is written less the farther down it stands.
      const rate = habit === "cold" ? 0.002 : 260 / ((turn + 1) ** 1.15 * (1 + (n % resources.length) / 3));
      const isStormy = name === "events" && namespace === "ci-build";
      const leaf = { slot, habit, rate, keyBytes: 40 + ((slot * 7) % 40), valueBytes, isStormy };
      this.#leaves.push({ ...leaf, born: new Float64Array(60), sinceCompaction: 0, beforeCompaction: 0 });
    }
  }

  #add(parentSlot: number, prefix: string, isOther = false): number {
    const slot = this.nodes.length;
    this.nodes.push({ slot, parentSlot, prefix, isOther });
    return slot;
  }

  #begin(leaf: Leaf): void {
    const keys = Math.ceil(leaf.habit === "cold" ? 5 + this.#random() * 60 : 5 + leaf.rate * this.#random() * 3);
    this.#now.keys[leaf.slot] = keys;
    this.#now.keyBytes[leaf.slot] = keys * leaf.keyBytes;
    this.#now.valueBytes[leaf.slot] = Math.round(keys * leaf.valueBytes * (0.5 + this.#random()));
  }

  #live(leaf: Leaf, hour: MatrixStretch, column: number, atMs: number): void {
    const { slot, keyBytes } = leaf;
    const keys = this.#now.keys[slot] as number;
    const { updates, creates, deletes } = this.#act(leaf, keys, atMs);
    const puts = updates + creates;
    const wander = updates > 0 && leaf.habit !== "heartbeat" ? Math.round((this.#random() - 0.5) * leaf.valueBytes) : 0;
    const share = keys > 0 ? (this.#now.valueBytes[slot] as number) / keys : leaf.valueBytes;
    const valueBytes = (this.#now.valueBytes[slot] as number) + creates * leaf.valueBytes - Math.round(deletes * share);
    this.#now.keys[slot] = keys + creates - deletes;
    this.#now.keyBytes[slot] = (keys + creates - deletes) * keyBytes;
    this.#now.valueBytes[slot] = keys + creates - deletes === 0 ? 0 : Math.max(0, valueBytes + wander);
    leaf.sinceCompaction += (updates + 2 * deletes) * keyBytes + Math.round((updates + deletes) * share);
    if (this.#minute % COMPACTION_MINUTES === 0) {
      leaf.beforeCompaction = leaf.sinceCompaction;
      leaf.sinceCompaction = 0;
    }
    this.#now.historyBytes[slot] = leaf.beforeCompaction + leaf.sinceCompaction;
    const at = slot * hour.columns + column;
    for (const gauge of FRAME_GAUGES) hour.matrices[gauge][at] = this.#now[gauge][slot] as number;
    if (hour.observedMs[column] === 0) return;
    const writtenBytes = puts * keyBytes + Math.round(puts * leaf.valueBytes);
    for (const [measure, value] of Object.entries({ puts, creates, deletes, writtenBytes })) {
      hour.matrices[measure as "puts"][at] = value;
    }
  }

  #act(leaf: Leaf, keys: number, atMs: number): { updates: number; creates: number; deletes: number } {
    const minute = Math.floor(atMs / MINUTE_MS);
    const daylight = 0.65 + 0.35 * Math.sin((2 * Math.PI * (atMs % DAY_MS)) / DAY_MS);
    const some = (rate: number) => Math.floor(rate * (0.6 + 0.8 * this.#random()) + this.#random());
    if (leaf.habit === "heartbeat") return { updates: keys * 6, creates: 0, deletes: 0 };
    if (leaf.habit === "periodic") {
      const isDue = (minute + leaf.slot) % (leaf.slot % 3 === 0 ? 60 : 10) === 0;
      return { updates: isDue ? keys : 0, creates: 0, deletes: 0 };
    }
    if (leaf.habit === "leak") return { updates: some(leaf.rate / 20), creates: some(leaf.rate / 400), deletes: 0 };
    if (leaf.habit === "steady" || leaf.habit === "cold") {
      return {
        updates: some(leaf.rate * daylight),
        creates: some(leaf.rate / 200),
        deletes: Math.min(keys, some(leaf.rate / 220)),
      };
    }
    if (leaf.habit === "churn") {
      const creates = some((leaf.rate * daylight) / 8);
      const deletes = Math.min(keys, some((leaf.rate * daylight) / 8));
      return { updates: creates * 4 + some(leaf.rate / 3), creates, deletes };
    }
    const isStorm = leaf.isStormy && minute % 1_440 >= 842 && minute % 1_440 < 849; // 14:02 to 14:09
    const creates = isStorm ? 25_200 : some(leaf.rate * daylight);
    const deletes = Math.min(keys, leaf.born[minute % 60] as number);
    leaf.born[minute % 60] = creates;
    return { updates: some(leaf.rate / 10), creates, deletes };
  }

  #writesOf(hour: MatrixStretch, column: number): number {
    let writes = 0;
    for (const { slot } of this.#leaves) writes += hour.at("puts", slot, column) + hour.at("deletes", slot, column);
    return writes;
  }

  /** Children into parents; a parent's slot is always the smaller one. */
  #sumUp(hour: MatrixStretch): void {
    for (const measure of FRAME_MEASURES) {
      const matrix = hour.matrices[measure];
      for (let slot = this.nodes.length - 1; slot > 0; slot--) {
        const parent = (this.nodes[slot]?.parentSlot ?? 0) * hour.columns;
        for (let column = 0; column < hour.columns; column++) {
          (matrix[parent + column] as number) += matrix[slot * hour.columns + column] as number;
        }
      }
    }
  }

  #summed(gauge: FrameGauge): Float64Array {
    const sums = this.#now[gauge].slice();
    for (let slot = sums.length - 1; slot > 0; slot--) {
      (sums[this.nodes[slot]?.parentSlot ?? 0] as number) += sums[slot] as number;
    }
    return sums;
  }
}

/** Numbers of [0, 1), the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
