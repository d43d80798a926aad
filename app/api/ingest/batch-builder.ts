import type { MemberConfig } from "@/lib/model/etcd-config-line";
import type { EncodedIngestBatch, IngestBatch } from "@/lib/model/ingest-batch";
import { emptyIngestBatch, encodeIngestBatch, MAX_BATCH_EVENTS } from "@/lib/model/ingest-batch";
import { type IngestFaultName, isNote } from "@/lib/model/ingest-faults";
import type { LogSignal } from "@/lib/model/log-signals";
import type { TrafficEvent } from "@/lib/model/traffic";

/** Starts of members are rare, and their lines long. */
const MAX_BATCH_CONFIGS = 100;

/** Gathers what a request told into batches; each is packed as soon as it is full. */
export class BatchBuilder {
  #open = emptyIngestBatch();
  #ids: Buffer[] = [];
  readonly #packed: EncodedIngestBatch[] = [];
  /** Events that will be counted, and what could not be used. */
  accepted = 0;
  refused = 0;
  /** Things that were JSON, of whatever kind. */
  understood = 0;

  addEvent(event: TrafficEvent, id: Buffer): void {
    this.#open.events.push(event);
    this.#ids.push(id);
    this.accepted++;
    this.#packWhenFull();
  }

  addSignal(signal: LogSignal): void {
    this.#open.signals.push(signal);
    this.#packWhenFull();
  }

  addConfig(config: MemberConfig): void {
    const configs = this.#open.configs ?? [];
    configs.push(config);
    this.#open.configs = configs;
    if (configs.length >= MAX_BATCH_CONFIGS) this.#pack();
  }

  addFault(fault: IngestFaultName): void {
    this.#open.faults.set(fault, (this.#open.faults.get(fault) ?? 0) + 1);
    if (!isNote(fault)) this.refused++;
  }

  /** All batches, none of them empty. */
  finish(): EncodedIngestBatch[] {
    if (!isEmpty(this.#open)) this.#pack();
    return this.#packed;
  }

  #packWhenFull(): void {
    if (this.#open.events.length + this.#open.signals.length >= MAX_BATCH_EVENTS) this.#pack();
  }

  #pack(): void {
    this.#packed.push(encodeIngestBatch({ ...this.#open, eventIds: Buffer.concat(this.#ids) }));
    this.#open = emptyIngestBatch();
    this.#ids = [];
  }
}

function isEmpty({ events, signals, faults, configs = [] }: IngestBatch): boolean {
  return events.length === 0 && signals.length === 0 && faults.size === 0 && configs.length === 0;
}
