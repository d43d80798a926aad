import type { ClientAction, ClientRule } from "@/lib/rules/clients/client-facts";
import { countFailures, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { countOf, listedThing, meanCost, timesPerMinute } from "@/lib/rules/clients/client-words";

/** A start of an informer is one such list; as many as this are a habit. */
export const MIN_UNPAGED_LISTS = 5;
/** Once in half a minute. */
export const MIN_UNPAGED_PER_MINUTE = 2;

/**
 * Whole collections of all namespaces are listed in one answer, again and again. Each is held in memory several times
 * over while it is sent. Thresholds are our own; that such lists are what hurts is rule L15 of our catalogue (etcd's FAQ: more than several
 * hundred keys in one answer) and the paging that the API offers against it.
 */
export const unpagedLists: ClientRule = {
  id: "unpaged-lists",
  check({ actions }) {
    const action = heaviest(actions, (candidate) => (isFound(candidate) ? answered(candidate) : 0));
    if (action === null) return null;
    const lists = answered(action);
    const rate = perMinute(lists, action.activeSeconds);
    return {
      pattern: "unpaged-lists",
      title: `lists ${listedThing(action)} ${timesPerMinute(rate)}, unpaged`,
      evidence: `${countOf(lists, "list")} of ${listedThing(action)} without a limit${meanCost(action)}.`,
      remedy:
        "Ask in pages (limit and continue; client-go has a pager), or keep a copy with an informer; until then, give this client its own flow in API Priority and Fairness.",
      sourceUrl: "https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound(action: ClientAction): boolean {
  if (action.verb !== "list" || action.namespace !== "") return false;
  const lists = answered(action);
  return lists >= MIN_UNPAGED_LISTS && perMinute(lists, action.activeSeconds) >= MIN_UNPAGED_PER_MINUTE;
}

/** A list that was refused cost nothing. */
function answered(action: ClientAction): number {
  return Math.max(0, Math.min(action.unpagedLists, action.requests - countFailures(action)));
}
