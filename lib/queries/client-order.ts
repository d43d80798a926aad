import type { ClientRow, ClientsParams } from "@/lib/api/clients";

/** A client that is this many times as loud as before, and by this much, is suddenly louder. */
const LOUDER_RATIO = 2;
const LOUDER_PER_SECOND = 1;

/** The indexes of the rows in an order; equal ones by requests, then by name. */
export function sortClients(rows: readonly ClientRow[], sort: ClientsParams["sort"]): number[] {
  const weighed = rows.map((row, index) => ({
    index,
    weights: [...weigh(row, sort), row.requests],
    name: JSON.stringify([row.userAgent, row.user, row.sourceAddress, row.verb, row.resource, row.namespace, row.code]),
  }));
  return weighed.sort((a, b) => compare(a.weights, b.weights) || (a.name < b.name ? -1 : 1)).map(({ index }) => index);
}

function weigh(row: ClientRow, sort: ClientsParams["sort"]): number[] {
  if (sort === "change") return [(row.requestsPerSecond ?? 0) - (row.requestsPerSecondBefore ?? 0)];
  if (sort !== "trouble") return [row[sort] ?? -1];
  return [row.findings.length, row.isNew || isLouder(row) ? 1 : 0];
}

/** Whether a client calls much more than in the range before. */
export function isLouder({ requestsPerSecond, requestsPerSecondBefore }: ClientRow): boolean {
  if (requestsPerSecond === null || requestsPerSecondBefore === null) return false;
  const more = requestsPerSecond - requestsPerSecondBefore;
  return more >= LOUDER_PER_SECOND && requestsPerSecond >= requestsPerSecondBefore * LOUDER_RATIO;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, weight] of a.entries()) {
    const difference = (b[i] ?? 0) - weight;
    if (difference !== 0) return difference;
  }
  return 0;
}
