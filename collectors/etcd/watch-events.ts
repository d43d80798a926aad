import { KeyValueCursor } from "@/collectors/etcd/key-value";
import { WireError, type WireReader } from "@/collectors/etcd/wire";

/**
 * The events of one watch message without their values: the keys one behind the other, and beside them the figures of
 * each event. A tenth of the message, so the message's own memory can take the next one at once.
 */
export interface PackedEvents {
  keys: Buffer;
  figures: Float64Array;
}

/** A key as an event tells it. One object is reused for every event: take what you need before the visit returns. */
export class WatchedKey {
  /** Holds the key in `[keyStart, keyEnd)`. */
  buffer: Buffer = NO_KEYS;
  keyStart = 0;
  keyEnd = 0;
  createRevision = 0;
  modRevision = 0;
  version = 0;
  valueBytes = 0;
  hasLease = false;

  /** A copy of the key that may be kept. */
  copyKey(): Buffer {
    return Buffer.from(this.buffer.subarray(this.keyStart, this.keyEnd));
  }
}

/** `beforeBytes` is the value length before the event, of a watch with `prevKv` and as far as etcd still has it. */
export type VisitEvent = (type: "put" | "delete", kv: WatchedKey, beforeBytes: number | null) => void;

/** Hands every event to `visit`, in etcd's order. */
export function visitPackedEvents({ keys, figures }: PackedEvents, visit: VisitEvent): void {
  const kv = new WatchedKey();
  kv.buffer = keys;
  for (let at = 0; at < figures.length; at += FIGURES) {
    const kind = figures[at + KIND] as number;
    const beforeBytes = figures[at + BEFORE_BYTES] as number;
    kv.keyStart = kv.keyEnd;
    kv.keyEnd = figures[at + KEY_END] as number;
    kv.createRevision = figures[at + CREATE_REVISION] as number;
    kv.modRevision = figures[at + MOD_REVISION] as number;
    kv.version = figures[at + VERSION] as number;
    kv.valueBytes = figures[at + VALUE_BYTES] as number;
    kv.hasLease = (kind & LEASED) !== 0;
    visit(kind & DELETED ? "delete" : "put", kv, beforeBytes === NOTHING ? null : beforeBytes);
  }
}

/** Packs the events of one message after the other. */
export class EventPacker {
  #keys = Buffer.allocUnsafeSlow(FIRST_KEY_BYTES);
  #keyBytes = 0;
  #figures = new Float64Array(FIRST_EVENTS * FIGURES);
  #length = 0;
  #kv = new KeyValueCursor();
  #before = new KeyValueCursor();

  /** Forgets what a message that was no message has left. */
  clear(): void {
    this.#keyBytes = 0;
    this.#length = 0;
  }

  /** Takes the event that the reader has entered. Throws a WireError. */
  add(reader: WireReader): void {
    let isDelete = false;
    let hasKey = false;
    let beforeBytes = NOTHING;
    for (let field = reader.field(); field !== 0; field = reader.field()) {
      if (field === 1) isDelete = reader.numberField() === 1;
      else if (field === 2) {
        const eventEnd = reader.enter();
        this.#kv.read(reader);
        reader.leave(eventEnd);
        hasKey = true;
      } else if (field === 3) {
        const eventEnd = reader.enter();
        this.#before.read(reader);
        reader.leave(eventEnd);
        beforeBytes = this.#before.valueBytes;
      } else reader.skip();
    }
    if (!hasKey) throw new WireError("malformed message: an event without a key");
    this.#push(isDelete, beforeBytes);
  }

  /** What has been packed; the next message begins. */
  take(): PackedEvents {
    const packed = {
      keys: Buffer.from(this.#keys.subarray(0, this.#keyBytes)),
      figures: this.#figures.slice(0, this.#length),
    };
    // A message of a hundred thousand events, as a watch that is far behind gets, need not be remembered.
    if (this.#keys.length > MAX_KEPT_BYTES) this.#keys = Buffer.allocUnsafeSlow(FIRST_KEY_BYTES);
    if (this.#figures.byteLength > MAX_KEPT_BYTES) this.#figures = new Float64Array(FIRST_EVENTS * FIGURES);
    this.clear();
    return packed;
  }

  #push(isDelete: boolean, beforeBytes: number): void {
    const kv = this.#kv;
    this.#reserve(kv.keyEnd - kv.keyStart);
    const keys = this.#keys;
    let keyBytes = this.#keyBytes;
    for (let at = kv.keyStart; at < kv.keyEnd; at++) keys[keyBytes++] = kv.buffer[at] as number;
    this.#keyBytes = keyBytes;
    const figures = this.#figures;
    const at = this.#length;
    figures[at + KEY_END] = keyBytes;
    figures[at + CREATE_REVISION] = kv.createRevision;
    figures[at + MOD_REVISION] = kv.modRevision;
    figures[at + VERSION] = kv.version;
    figures[at + VALUE_BYTES] = kv.valueBytes;
    figures[at + KIND] = (isDelete ? DELETED : 0) | (kv.hasLease ? LEASED : 0);
    figures[at + BEFORE_BYTES] = beforeBytes;
    this.#length = at + FIGURES;
  }

  /** Makes room for one more event. */
  #reserve(keyBytes: number): void {
    if (this.#keyBytes + keyBytes > this.#keys.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#keys.length * 2, this.#keyBytes + keyBytes));
      this.#keys.copy(larger, 0, 0, this.#keyBytes);
      this.#keys = larger;
    }
    if (this.#length + FIGURES > this.#figures.length) {
      const larger = new Float64Array(this.#figures.length * 2);
      larger.set(this.#figures);
      this.#figures = larger;
    }
  }
}

const NO_KEYS = Buffer.alloc(0);
const FIRST_EVENTS = 128;
const FIRST_KEY_BYTES = 8 * 1024;
const MAX_KEPT_BYTES = 1024 ** 2;

/** Places of an event's figures, and how many there are. */
const KEY_END = 0;
const CREATE_REVISION = 1;
const MOD_REVISION = 2;
const VERSION = 3;
const VALUE_BYTES = 4;
const KIND = 5;
const BEFORE_BYTES = 6;
const FIGURES = 7;
/** Bits of the kind. */
const DELETED = 1;
const LEASED = 2;
/** In the place of the length before. */
const NOTHING = -1;
