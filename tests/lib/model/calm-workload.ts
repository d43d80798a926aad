import type { SubjectStep } from "@/lib/model/spike-recent";

const STEP_SECONDS = 10;

/** A prefix of the invented workload: writes by themselves, and writes in bursts. */
export interface CalmPrefix {
  id: number;
  perSecond: number;
  /** Null: it does not burst. Sizes vary around the mean. */
  bursts: { everySeconds: number; writes: number } | null;
}

/** As many prefixes as a small Kubernetes cluster is busy with: from a write a minute to tens a second, some in bursts. */
export function listCalmPrefixes(count: number, random: () => number): CalmPrefix[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    perSecond: 0.02 * 1_500 ** random(),
    bursts: id % 3 === 0 ? { everySeconds: 10 * 60 ** random(), writes: 5 * 30 ** random() } : null,
  }));
}

/** Writes per second of each prefix in a step that begins at `atMs`: drawn by chance, more by day than by night. */
export function drawStep(
  prefixes: readonly CalmPrefix[],
  { atMs, random, timesOf = () => 1 }: { atMs: number; random: () => number; timesOf?: (id: number) => number },
): SubjectStep {
  const byDay = 1 + 0.4 * Math.sin((atMs / 86_400_000) * 2 * Math.PI);
  const values = prefixes.map(({ id, perSecond, bursts }) => {
    const mean = perSecond + (bursts === null ? 0 : bursts.writes / bursts.everySeconds);
    let writes = drawPoisson((perSecond * byDay + mean * (timesOf(id) - 1)) * STEP_SECONDS, random);
    const count = bursts === null ? 0 : drawPoisson(STEP_SECONDS / bursts.everySeconds, random);
    for (let i = 0; i < count; i++) writes += drawPoisson((bursts?.writes ?? 0) * (0.5 + random()), random);
    return writes / STEP_SECONDS;
  });
  const ids = prefixes.filter((_, place) => (values[place] as number) > 0).map(({ id }) => id);
  return {
    atMs,
    stepMs: STEP_SECONDS * 1_000,
    ids: Int32Array.from(ids),
    values: Float64Array.from(ids, (id) => values[prefixes.findIndex((prefix) => prefix.id === id)] as number),
  };
}

/** Small means by Knuth's product, large ones by the normal distribution they come close to. */
function drawPoisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + normal * Math.sqrt(mean)));
  }
  let [count, product] = [0, random()];
  for (const limit = Math.exp(-mean); product > limit; product *= random()) count++;
  return count;
}

/** The same numbers each time (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
