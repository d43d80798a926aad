import { KeyRuler, type Stride } from "@/collectors/keyspace/key-ruler";

/**
 * The ranges of a scan, in key order. etcd up to 3.6 walks every key of the asked range, also behind `limit`; so each
 * page must ask for a range that holds few more keys than the page. Where the bounds of the last scan are known they are
 * taken. Elsewhere the next bound is guessed: a step as long as the last keys were apart, on a ruler that has learned how
 * keys look (`KeyRuler`). A range that turns out too wide tells at least how many keys lie ahead, and is cut into pieces;
 * an empty one makes the next step longer.
 */

/** A page as the scanner saw it. */
export interface SeenPage {
  /** Keys in it. */
  kvs: number;
  /** Keys etcd counted in the whole asked range. */
  count: number;
  more: boolean;
  /** Some of the keys, evenly spread and in order, the last one among them. */
  sample: readonly Buffer[];
}

/** Where to read: `[from, to)`, `to` null for the end of the keyspace. */
export interface LeapRange {
  from: Buffer;
  to: Buffer | null;
  /** It has the bounds of the last scan, so it holds about one page. */
  isStored: boolean;
}

/** What lies ahead up to `to` (null: the end of the keyspace). Only a hint: keys come and go while we read. */
interface Stretch {
  to: Buffer | null;
  /** Infinity: not known. */
  keys: number;
  /** Its bounds are those of the last scan. */
  isStored: boolean;
}

/** Keys between two boundaries of the last scan, about. */
export const PAGE_KEYS = 1_000;
/** A stretch of up to this many pages is asked for in one piece. */
const WHOLE_PAGES = 1.3;
/** A stretch of less than this much of a page is read together with the next. */
const SMALL_PAGE = 0.5;
const MAX_GROWTH = 8;
/** An empty range makes the next so many times longer, and many in a row more so. */
const WIDENING = 4;
const PATIENT_EMPTIES = 3;
const MAX_WIDENING_POWER = 6;
/** While keys are known to lie ahead: at most so many pages a step, if they were spread evenly. */
const STRETCH_PAGES = 4;
const FIRST_SHARE = 1 / 1_024;
/** Behind a landmark: this part of what begins with it. */
const LANDMARK_SHARE = 1 / 64;

/** Where Kubernetes keeps most of its keys. No step goes beyond a landmark, so none meets two such places at once. */
const RESOURCES =
  "configmaps deployments endpointslices events jobs leases pods replicasets secrets serviceaccounts services";
const LANDMARKS = ["/registry/", ...RESOURCES.split(" ").map((name) => `/registry/${name}/`), "/registry0"];
/** Typical keys, as a first idea of how keys look. */
const TYPICAL_KEYS = [
  "/registry/configmaps/default/kube-root-ca.crt",
  "/registry/deployments/kube-system/coredns",
  "/registry/events/default/web-0.17a5c31e9d2b4f60",
  "/registry/leases/kube-system/kube-scheduler",
  "/registry/minions/node-1",
  "/registry/pods/kube-system/coredns-5d78c9869d-x2v7k",
  "/registry/replicasets/default/web-6f8b4d9c7",
  "/registry/services/specs/default/kubernetes",
];

/** Walks the keyspace from the first possible key to its end, a range at a time. */
export class Leap implements LeapRange {
  from: Buffer = Buffer.from([0]);
  to: Buffer | null = null;
  isStored = false;
  done = false;

  #ruler = new KeyRuler();
  /** What lies ahead, the nearest last. */
  #ahead: Stretch[];
  #stride: Stride = { anchor: Buffer.alloc(0), share: FIRST_SHARE };
  #emptyInARow = 0;

  /** `boundaries` of the last scan, about a page apart; none: this is the first. `limit` of the first page. */
  constructor(boundaries: readonly Buffer[], limit: number) {
    this.#ruler.learn(TYPICAL_KEYS.map((key) => Buffer.from(key)));
    const isStored = boundaries.length > 0;
    const bounds = isStored ? boundaries : LANDMARKS.map((key) => Buffer.from(key));
    const keys = isStored ? PAGE_KEYS : Number.POSITIVE_INFINITY;
    this.#ahead = [...bounds, null].map((to) => ({ to, keys, isStored })).reverse();
    this.#aim(limit);
  }

  /** The range behind this one, where the bounds of both are known; it will be next unless this one has grown. */
  get following(): LeapRange | null {
    const [next] = this.#ahead.slice(-2, -1);
    if (!this.isStored || this.to === null || !next?.isStored) return null;
    return { from: this.to, to: next.to, isStored: true };
  }

  /** Moves on behind a page, to a range for one of `limit` keys. */
  advance(page: SeenPage, limit: number): void {
    const { from, to } = this;
    if (!page.more && to === null) {
      this.done = true;
      return;
    }
    const isLandmark = this.#passed(page);
    this.from = page.more ? behind(page.sample.at(-1) as Buffer) : (to as Buffer);
    if (page.kvs > 0) this.#learn(page, from, limit);
    else this.#widen();
    if (isLandmark) {
      this.#stride = { anchor: this.from, share: LANDMARK_SHARE };
      this.#emptyInARow = 0;
    }
    this.#aim(limit);
  }

  /** Takes note of what is left ahead. True when a landmark has been reached. */
  #passed({ kvs, count, more }: SeenPage): boolean {
    const nearest = this.#ahead.at(-1) as Stretch;
    const isWhole = this.to === nearest.to;
    if (isWhole) this.#ahead.pop();
    else nearest.keys = Math.max(0, nearest.keys - count);
    if (more) this.#ahead.push({ to: this.to, keys: count - kvs, isStored: false });
    return isWhole && !more && nearest.keys === Number.POSITIVE_INFINITY;
  }

  /** The shortest of the steps that the page, its second half and its last quarter suggest for a full page. */
  #learn({ kvs, more, sample }: SeenPage, from: Buffer, limit: number): void {
    this.#emptyInARow = 0;
    this.#ruler.learn(sample);
    const end = more || this.to === null ? (sample.at(-1) as Buffer) : this.from;
    let shortest = this.#suggest(from, end, limit / kvs);
    for (const part of [2, 4]) {
      if (sample.length < part * 2) break;
      const at = sample.length - Math.floor(sample.length / part);
      const keysBehind = kvs * (1 - at / sample.length);
      const other = this.#suggest(sample[at] as Buffer, end, limit / keysBehind);
      if (this.#ruler.isShorter(other, shortest)) shortest = other;
    }
    this.#stride = shortest;
  }

  #suggest(from: Buffer, to: Buffer, times: number): Stride {
    const { anchor, share } = this.#ruler.measure(from, to);
    return { anchor, share: share * Math.min(times, MAX_GROWTH) };
  }

  #widen(): void {
    this.#emptyInARow++;
    const power = 1 + Math.floor((this.#emptyInARow - 1) / PATIENT_EMPTIES);
    this.#stride.share *= WIDENING ** Math.min(power, MAX_WIDENING_POWER);
  }

  #aim(limit: number): void {
    this.#joinSmall(limit);
    const nearest = this.#ahead.at(-1) as Stretch;
    this.to = nearest.to;
    this.isStored = nearest.isStored;
    if (nearest.isStored || nearest.keys <= limit * WHOLE_PAGES) return;
    const bound = this.#stepInto(nearest, limit);
    if (bound !== null && (nearest.to === null || bound.compare(nearest.to) < 0)) this.to = bound;
  }

  /** The bound a step ahead. Where the number of keys ahead is known, not much more than their share of the stretch. */
  #stepInto({ to, keys }: Stretch, limit: number): Buffer | null {
    if (keys !== Number.POSITIVE_INFINITY) {
      const whole = this.#ruler.measure(this.from, to);
      const pages = this.#emptyInARow > 0 ? STRETCH_PAGES : 1;
      const even = { anchor: whole.anchor, share: (whole.share * limit * pages) / keys };
      if (this.#ruler.isShorter(even, this.#stride)) this.#stride = even;
    }
    const step = this.#ruler.stepFrom(this.from, this.#stride);
    if (step === null) return null;
    this.#stride = step.stride;
    return step.key;
  }

  /** Never skips what seems empty: the count is of another moment. */
  #joinSmall(limit: number): void {
    for (;;) {
      const nearest = this.#ahead.at(-1) as Stretch;
      if (nearest.to === null || nearest.keys >= limit * SMALL_PAGE) return;
      this.#ahead.pop();
      (this.#ahead.at(-1) as Stretch).keys += nearest.keys;
    }
  }
}

/** The first key behind a key. */
function behind(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}
