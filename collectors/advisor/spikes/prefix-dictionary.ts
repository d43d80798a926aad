import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";

const MAX_KEPT = 50_000;
const MAX_LABEL = 300;

interface Named {
  parentSlot: number | null;
  isOther: boolean;
  label: string;
}

/** Names and parents of prefixes by slot, as far as they were asked for. A slot stands for the same prefix for ever. */
export class PrefixDictionary {
  #named = new Map<number, Named>();

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
  ) {}

  /** Loads slots and everything above them. */
  async load(slots: readonly number[]): Promise<void> {
    if (this.#named.size > MAX_KEPT) this.#named.clear();
    const missing = slots.filter((slot) => !this.#named.has(slot));
    if (missing.length === 0) return;
    const rows = await this.db.execute<Record<string, unknown>>(sql`
      with recursive wanted as (
        select slot, parent_slot, prefix, is_other from prefix
        where cluster_id = ${this.clusterId} and slot in (select value::int from json_array_elements_text(${JSON.stringify(missing)}::json))
        union
        select above.slot, above.parent_slot, above.prefix, above.is_other from prefix as above
        join wanted on above.slot = wanted.parent_slot where above.cluster_id = ${this.clusterId}
      ) select * from wanted`);
    for (const row of rows) {
      this.#named.set(Number(row.slot), {
        parentSlot: row.parent_slot === null ? null : Number(row.parent_slot),
        isOther: row.is_other === true,
        label: toKeyText(row.prefix as Buffer).text.slice(0, MAX_LABEL),
      });
    }
  }

  parentOf(slot: number): number | null {
    return this.#named.get(slot)?.parentSlot ?? null;
  }

  /** Whether it stands for what has no node of its own. What is not in the dictionary yet has no name to tell either. */
  isNameless(slot: number): boolean {
    return this.#named.get(slot)?.isOther ?? true;
  }

  labelOf(slot: number): string {
    return this.#named.get(slot)?.label || "All keys";
  }
}
