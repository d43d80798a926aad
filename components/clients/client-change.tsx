import { Unknown } from "@/components/keyspace/figures";
import { Badge } from "@/components/ui/badge";
import type { ClientRow } from "@/lib/api/clients";
import { formatPerSecond } from "@/lib/model/units";

/** From this factor on a client is louder, and below its inverse quieter. */
const LOUDER = 2;
/** A client that asks less often than this is not worth the word. */
const QUIET_PER_SECOND = 0.02;

/** How often a client asked against the time before, as a factor; null where the time before was not watched. */
export function changeFactor(row: Pick<ClientRow, "requestsPerSecond" | "requestsPerSecondBefore">): number | null {
  const { requestsPerSecond: now, requestsPerSecondBefore: before } = row;
  if (now === null || before === null || before === 0) return null;
  return now / before;
}

/** Whether a client is new, suddenly louder, or neither. */
export function changeOf(row: ClientRow): "new" | "louder" | null {
  if (row.isNew) return "new";
  const factor = changeFactor(row);
  return factor !== null && factor >= LOUDER && (row.requestsPerSecond ?? 0) > QUIET_PER_SECOND ? "louder" : null;
}

/** New, or the factor against the time before; marked where it jumped. */
export function Change({ row }: { row: ClientRow }) {
  const kind = changeOf(row);
  if (kind === "new") return <Badge tone="accent">new</Badge>;
  const factor = changeFactor(row);
  if (factor === null) return <Unknown why="the time before was not watched" />;
  const title = `${formatPerSecond(row.requestsPerSecondBefore ?? 0)} per second in the time before`;
  const words = factorWords(factor);
  if (kind === "louder") {
    return (
      <span title={`louder: ${title}`}>
        <Badge tone="warn">
          <span className="visually-hidden">louder </span>
          {words}
        </Badge>
      </span>
    );
  }
  return (
    <span className={words === "same" ? "faint" : undefined} title={title}>
      {words}
    </span>
  );
}

/** `× 5.0`, `+12 %`, `same`. */
export function factorWords(factor: number): string {
  if (factor >= LOUDER) return `× ${factor >= 10 ? formatPerSecond(factor) : factor.toFixed(1)}`;
  const percent = Math.round((factor - 1) * 100);
  if (percent === 0) return "same";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}
