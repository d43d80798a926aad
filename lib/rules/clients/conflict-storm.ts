import { formatRatio } from "@/lib/model/units";
import type { ClientAction, ClientRule } from "@/lib/rules/clients/client-facts";
import { byResource, countStatuses, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { countOf, timesPerMinute } from "@/lib/rules/clients/client-words";

const CONFLICT = [409] as const;
/** A controller loses a race now and then; every six seconds is no race. */
export const MIN_CONFLICTS_PER_MINUTE = 10;
export const MIN_CONFLICTS = 20;
/** Of its writes of the resource. Controllers that share an object lost 3 to 28 % on the cluster we measured. */
export const MIN_CONFLICT_RATIO = 0.5;

/** Writes are refused with 409 again and again: the object was changed since the client read it, or exists already. */
export const conflictStorm: ClientRule = {
  id: "conflict-storm",
  check(facts) {
    const action = heaviest(byResource(facts), (candidate) =>
      isFound(candidate) ? countStatuses(candidate, CONFLICT) : 0,
    );
    if (action === null) return null;
    const conflicts = countStatuses(action, CONFLICT);
    const rate = perMinute(conflicts, action.activeSeconds);
    return {
      pattern: "conflict-storm",
      title: `conflicts on ${action.resource} ${timesPerMinute(rate)}`,
      evidence: `${countOf(conflicts, `${action.verb} request`)} of ${action.resource} answered 409 (conflict), ${formatRatio(conflicts / action.requests)} of them.`,
      remedy:
        "Read the object anew before trying again and wait longer each time (client-go: RetryOnConflict), or use server-side apply; make sure that only one writer owns the field.",
      sourceUrl: "https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound(action: ClientAction): boolean {
  const conflicts = countStatuses(action, CONFLICT);
  if (conflicts < MIN_CONFLICTS || conflicts < action.requests * MIN_CONFLICT_RATIO) return false;
  return perMinute(conflicts, action.activeSeconds) >= MIN_CONFLICTS_PER_MINUTE;
}
