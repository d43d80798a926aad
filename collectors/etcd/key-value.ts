import { toHex64, type WireReader } from "@/collectors/etcd/wire";

/**
 * A key as the wire carries it (`mvccpb.KeyValue`). One object is reused for every key of a page or a watch message:
 * take what you need before the visit returns. Of the value there is only its length; its bytes are stepped over.
 */
export class KeyValueCursor {
  /** The message that holds the key in `[keyStart, keyEnd)`. Not to be kept: it holds values too. */
  buffer: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;
  createRevision = 0;
  modRevision = 0;
  version = 0;
  valueBytes = 0;
  #leaseLow = 0;
  #leaseHigh = 0;

  get hasLease(): boolean {
    return this.#leaseLow !== 0 || this.#leaseHigh !== 0;
  }

  /** The lease the key is attached to, as 16 hex digits; undefined without one. */
  get leaseId(): string | undefined {
    return this.hasLease ? toHex64(this.#leaseHigh, this.#leaseLow) : undefined;
  }

  /** A copy of the key that may be kept. */
  copyKey(): Buffer {
    return Buffer.from(this.buffer.subarray(this.keyStart, this.keyEnd));
  }

  /** Reads the message that the reader has entered. */
  read(reader: WireReader): void {
    this.buffer = reader.buffer;
    this.keyStart = reader.at;
    this.keyEnd = reader.at;
    this.createRevision = 0;
    this.modRevision = 0;
    this.version = 0;
    this.valueBytes = 0;
    this.#leaseLow = 0;
    this.#leaseHigh = 0;
    for (let field = reader.field(); field !== 0; field = reader.field()) this.#readField(reader, field);
  }

  #readField(reader: WireReader, field: number): void {
    switch (field) {
      case 1:
        this.keyEnd = reader.lengthEnd();
        this.keyStart = reader.at;
        reader.at = this.keyEnd;
        break;
      case 2:
        this.createRevision = reader.numberField();
        break;
      case 3:
        this.modRevision = reader.numberField();
        break;
      case 4:
        this.version = reader.numberField();
        break;
      case 5: {
        const end = reader.lengthEnd();
        this.valueBytes = end - reader.at;
        reader.at = end;
        break;
      }
      case 6:
        if (reader.wireType !== 0) reader.skip();
        else {
          reader.varint64();
          this.#leaseLow = reader.low;
          this.#leaseHigh = reader.high;
        }
        break;
      default:
        reader.skip();
    }
  }
}
