import type { ClientAction, ClientRule } from "@/lib/rules/clients/client-facts";
import { countFailures, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { countOf, listedThing, meanCost, timesPerMinute } from "@/lib/rules/clients/client-words";

/** Fewer are no habit. */
export const MIN_UNCACHED_LISTS = 8;
/** Every 15 seconds: who asks so often wants to follow, and could watch. */
export const MIN_UNCACHED_PER_MINUTE = 4;

/**
 * The same whole list is asked for again and again without `resourceVersion`: the apiserver must make sure with etcd's
 * quorum each time, and before Kubernetes 1.31 reads it from there. Thresholds are our own; see the catalogue's S04: such
 * reads are cured at the client.
 */
export const uncachedLists: ClientRule = {
  id: "uncached-lists",
  check({ actions }) {
    const action = heaviest(actions, (candidate) => (isFound(candidate) ? answered(candidate) : 0));
    if (action === null) return null;
    const lists = answered(action);
    const rate = perMinute(lists, action.activeSeconds);
    return {
      pattern: "uncached-lists",
      title: `lists ${listedThing(action)} ${timesPerMinute(rate)} past the watch cache`,
      evidence: `${countOf(lists, "list")} of ${listedThing(action)} without a resourceVersion${meanCost(action)}.`,
      remedy:
        "Use an informer, or set resourceVersion=0 where data that is some seconds old will do: the apiserver then answers from its watch cache.",
      sourceUrl: "https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound(action: ClientAction): boolean {
  if (action.verb !== "list" || action.namespace === null) return false;
  const lists = answered(action);
  return lists >= MIN_UNCACHED_LISTS && perMinute(lists, action.activeSeconds) >= MIN_UNCACHED_PER_MINUTE;
}

/** Both whole and uncached, as far as the sums can tell; a page of a paged list is no habit of asking anew. */
function answered(action: ClientAction): number {
  return Math.max(0, Math.min(action.uncachedLists, action.unpagedLists, action.requests - countFailures(action)));
}
