import type { Tally } from "@/collectors/traffic/aggregate";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import type { IdClaim } from "@/collectors/traffic/dedupe";
import { reduceAuditEvent } from "@/lib/model/audit-event";
import { reduceLogLine } from "@/lib/model/etcd-log-line";
import { digestEventId } from "@/lib/model/ingest-batch";

/** Counts what one line of a followed file tells. */
export function addLine(tally: Tally, source: CellSource, { line, ids }: { line: string; ids: IdClaim }): void {
  if (source === "audit") addAuditLine(tally, line, ids);
  else addLogLine(tally, line);
}

function addAuditLine(tally: Tally, line: string, ids: IdClaim): void {
  const parsed = parse(line);
  if (parsed === undefined) {
    tally.addFault("not-json", 1);
    return;
  }
  const reduced = reduceAuditEvent(parsed);
  if ("fault" in reduced) tally.addFault(reduced.fault, 1);
  if (!("event" in reduced)) return;
  if (!ids.isNew(digestEventId(reduced.id))) {
    tally.addFault("duplicate", 1);
    return;
  }
  if (reduced.isTruncated) tally.addFault("truncated", 1);
  tally.addEvent(reduced.event);
}

function addLogLine(tally: Tally, line: string): void {
  const reduced = reduceLogLine(line);
  if ("fault" in reduced) tally.addFault(reduced.fault, 1);
  else if ("skip" in reduced) return;
  else if (reduced.event !== undefined) tally.addEvent(reduced.event);
  else if (reduced.signal !== undefined) tally.addSignal(reduced.signal);
  else tally.addConfig(reduced.config);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
