import type { CostMeter } from "@/collectors/cost-meter";
import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import { decodeRange, type RangeAnswer, type RangeSkim, skimRange } from "@/collectors/etcd/messages";

/** The answer to a range, as it came. */
export class RangePage {
  constructor(
    private readonly message: Uint8Array,
    private readonly cursor: KeyValueCursor,
    private readonly meter?: CostMeter,
  ) {}

  /** What it says on the whole and which keys it has from `stride` to `stride`: cheap against a visit. */
  skim(stride: number): RangeSkim {
    return skimRange(this.message, this.cursor, stride);
  }

  /** Hands over every key; the object is reused for the next key. */
  visit(visit: (kv: KeyValueCursor) => void): RangeAnswer {
    const answer = decodeRange(this.message, this.cursor, visit);
    this.meter?.addKeys(answer.kvs);
    return answer;
  }
}
