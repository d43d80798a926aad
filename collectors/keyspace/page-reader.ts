import type { EtcdConnection } from "@/collectors/etcd/connection";
import { isTooLate, isTooLong } from "@/collectors/etcd/errors";
import { MessageMemory } from "@/collectors/etcd/message-assembler";
import type { RangeSkim } from "@/collectors/etcd/messages";
import type { RangePage } from "@/collectors/etcd/range-page";
import type { MemberGate } from "@/collectors/keyspace/gate";

const SAMPLES = 32;
/** A page that etcd does not answer is asked for again, once the gate lets it. */
const MAX_TRIES = 4;

/** Keys in `[from, to)`, at most `limit` of them; `to` null is the end of the keyspace. */
export interface PageRange {
  from: Buffer;
  to: Buffer | null;
  limit: number;
}

/** A page that has come, looked over but not loaded. Its memory is used again once the next page is taken. */
export interface ReadPage extends RangeSkim {
  load: RangePage["visit"];
}

interface AskedPage {
  range: PageRange;
  memory: MessageMemory;
  page: Promise<RangePage>;
}

export interface PageReaderOptions {
  connection: Pick<EtcdConnection, "rangePage">;
  gate: Pick<MemberGate, "pass">;
  signal: AbortSignal;
}

/** Reads pages of the keyspace; some may be asked for before they are wanted. */
export class PageReader {
  #options: PageReaderOptions;
  #cancel = new AbortController();
  /** Of the requests: the scan's end, or nobody wants what was asked for ahead. */
  #signal: AbortSignal;
  /** Ahead of the page taken last, in key order. */
  #asked: AskedPage[] = [];
  #taken: AskedPage | null = null;
  #idleMemory: MessageMemory[] = [];

  constructor(options: PageReaderOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#cancel.signal]);
  }

  /** Asks for the pages that will likely be taken next, as far as that has not been done. */
  askAhead(ranges: readonly PageRange[]): void {
    this.#drop(ranges[0]);
    for (const range of ranges.slice(this.#asked.length)) this.#asked.push(this.#ask(range));
  }

  /**
   * The page of a range, asked for ahead or now. Asks again for what etcd has not answered in time, and for less where
   * the answer was too long to take.
   */
  async take(range: PageRange): Promise<ReadPage> {
    if (this.#taken !== null) this.#idleMemory.push(this.#taken.memory);
    this.#taken = null;
    this.#drop(range);
    let asked = this.#asked.shift() ?? this.#ask(range);
    for (let tries = 1; ; tries++) {
      try {
        const page = await asked.page;
        this.#taken = asked;
        const skim = page.skim(Math.max(1, Math.floor(asked.range.limit / SAMPLES)));
        return { ...skim, load: (visit) => page.visit(visit) };
      } catch (error) {
        const limit = isTooLong(error) ? Math.ceil(asked.range.limit / 8) : asked.range.limit;
        if (limit === asked.range.limit && (!isTooLate(error) || tries === MAX_TRIES)) throw error;
        await this.#options.gate.pass({ isUrgent: true });
        asked = this.#ask({ ...range, limit });
      }
    }
  }

  /** Cancels what has been asked for and not been taken. */
  close(): void {
    this.#cancel.abort();
    this.#cancel = new AbortController();
    this.#signal = AbortSignal.any([this.#options.signal, this.#cancel.signal]);
    for (const { memory } of this.#asked) this.#idleMemory.push(memory);
    this.#asked = [];
  }

  /** What was asked for ahead is of no use when another range is next. */
  #drop(next: PageRange | undefined): void {
    const first = this.#asked[0]?.range;
    if (first !== undefined && (next === undefined || !isSame(first, next))) this.close();
  }

  #ask(range: PageRange): AskedPage {
    const memory = this.#idleMemory.pop() ?? new MessageMemory();
    const page = this.#options.connection.rangePage(
      { key: range.from, rangeEnd: range.to ?? Buffer.from([0]), limit: range.limit, serializable: true },
      { signal: this.#signal, memory },
    );
    page.catch(() => undefined); // told when it is taken
    return { range, memory, page };
  }
}

function isSame(a: PageRange, b: PageRange): boolean {
  return a.from.equals(b.from) && (a.to === null || b.to === null ? a.to === b.to : a.to.equals(b.to));
}
