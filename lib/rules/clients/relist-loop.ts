import type { ClientAction, ClientRule } from "@/lib/rules/clients/client-facts";
import { countFailures, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { countOf, listedThing, meanCost, timesPerMinute } from "@/lib/rules/clients/client-words";

/** Fewer are a start, or a cache that was lost once. */
export const MIN_RELISTS = 10;
/** A reflector of client-go lists once and then watches; after a failure it waits up to 30 s. So often is no repair. */
export const MIN_RELISTS_PER_MINUTE = 10;

/** The same resource is listed whole, again and again, as if there were no watch. Thresholds are our own. */
export const relistLoop: ClientRule = {
  id: "relist-loop",
  check({ actions }) {
    const action = heaviest(actions, (candidate) => (isFound(candidate) ? wholeLists(candidate) : 0));
    if (action === null) return null;
    const lists = wholeLists(action);
    const rate = perMinute(lists, action.activeSeconds);
    return {
      pattern: "relist-loop",
      title: `lists ${listedThing(action)} ${timesPerMinute(rate)} instead of watching`,
      evidence: `${countOf(lists, "whole list")} of ${listedThing(action)}${meanCost(action)}.`,
      remedy:
        "List once and watch from its resourceVersion (an informer does both); when a list or watch fails, wait longer after each failure.",
      sourceUrl: "https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound(action: ClientAction): boolean {
  if (action.verb !== "list" || action.namespace === null) return false;
  const lists = wholeLists(action);
  return lists >= MIN_RELISTS && perMinute(lists, action.activeSeconds) >= MIN_RELISTS_PER_MINUTE;
}

function wholeLists(action: ClientAction): number {
  return Math.max(0, Math.min(action.unpagedLists, action.requests - countFailures(action)));
}
