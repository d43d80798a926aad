import type { Tally } from "@/collectors/traffic/aggregate";
import type { IdClaim } from "@/collectors/traffic/dedupe";
import { EVENT_ID_BYTES, type IngestBatch } from "@/lib/model/ingest-batch";

/** Counts what a batch tells; an event whose id has been counted within the window is noted as a repetition. */
export function addBatch(
  tally: Tally,
  { events, eventIds, faults, signals, configs = [] }: IngestBatch,
  ids: IdClaim,
): void {
  const hasIds = eventIds.length > 0;
  events.forEach((event, index) => {
    if (hasIds && !ids.isNew(eventIds, index * EVENT_ID_BYTES)) tally.addFault("duplicate", 1);
    else tally.addEvent(event);
  });
  for (const [fault, count] of faults) tally.addFault(fault, count);
  for (const signal of signals) tally.addSignal(signal);
  for (const config of configs) tally.addConfig(config);
}
