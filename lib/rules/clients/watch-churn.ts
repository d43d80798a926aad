import { formatCount } from "@/lib/model/units";
import type { ClientRule } from "@/lib/rules/clients/client-facts";
import { byResource, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { timesPerMinute } from "@/lib/rules/clients/client-words";

/**
 * Watches of one resource that end in a minute. A reflector of client-go lets each live for 5 to 10 minutes, the
 * apiserver for 30 to 60 (`--min-request-timeout`): so many that end want 150 open at once, or do not live.
 */
export const MIN_ENDED_PER_MINUTE = 30;
/** Fewer may be one restart. */
export const MIN_ENDED = 60;

/** Watches end and are opened again quickly; each start may cost a list. */
export const watchChurn: ClientRule = {
  id: "watch-churn",
  check(facts) {
    const action = heaviest(byResource(facts), ({ verb, requests, activeSeconds }) =>
      verb === "watch" && requests >= MIN_ENDED && perMinute(requests, activeSeconds) >= MIN_ENDED_PER_MINUTE
        ? requests
        : 0,
    );
    if (action === null) return null;
    const rate = perMinute(action.requests, action.activeSeconds);
    return {
      pattern: "watch-churn",
      title: `ends and reopens watches of ${action.resource} ${timesPerMinute(rate)}`,
      evidence: `${formatCount(action.requests)} watches of ${action.resource} ended; a watch should last minutes.`,
      remedy:
        "Share one watch a resource (a shared informer), ask for bookmarks, leave timeoutSeconds to client-go, and look for a proxy or load balancer that cuts idle connections.",
      sourceUrl: "https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks",
      verb: action.verb,
      resource: action.resource,
    };
  },
};
