import { formatBytes, formatCount, formatDuration } from "@/lib/model/units";
import type { ClientAction } from "@/lib/rules/clients/client-facts";

/** "20 times a minute", "2.4 times a minute". */
export function timesPerMinute(rate: number): string {
  return `${rate >= 10 ? formatCount(rate) : rate.toFixed(1)} times a minute`;
}

/** "all pods", "secrets in namespace shop", "secrets" where the namespaces are many or not told. */
export function listedThing({ resource, namespace }: ClientAction): string {
  if (namespace === "") return `all ${resource}`;
  return namespace === null ? resource : `${resource} in namespace ${namespace}`;
}

/** "widgets in namespace shop", "nodes". */
export function askedThing({ resource, namespace }: ClientAction): string {
  return namespace === null || namespace === "" ? resource : `${resource} in namespace ${namespace}`;
}

/** What the requests cost, as far as it is told: ", each 2.7 s and 3.5 MiB on average"; empty when it is not. */
export function meanCost({ requests, busySeconds, responseBytes }: ClientAction): string {
  const parts = [
    busySeconds === null ? null : formatDuration((busySeconds / requests) * 1_000),
    responseBytes === null || responseBytes === 0 ? null : formatBytes(responseBytes / requests),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "" : `, each ${parts.join(" and ")} on average`;
}

/** "1 request", "2,310 requests". */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${Math.round(count) === 1 ? "" : "s"}`;
}
