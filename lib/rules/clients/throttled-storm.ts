import { formatRatio } from "@/lib/model/units";
import type { ClientRule } from "@/lib/rules/clients/client-facts";
import { countStatuses, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { countOf, timesPerMinute } from "@/lib/rules/clients/client-words";

const TOO_MANY_REQUESTS = [429] as const;
/** Every six seconds, although each answer said how long to wait. */
export const MIN_THROTTLED_PER_MINUTE = 10;
export const MIN_THROTTLED = 20;
/** Below this share it is a busy moment that waiting has cured. */
export const MIN_THROTTLED_RATIO = 0.05;

/** The apiserver answers 429 and the client comes again at once. Thresholds are our own. */
export const throttledStorm: ClientRule = {
  id: "throttled-storm",
  check({ actions, requests, activeSeconds }) {
    const throttled = actions.reduce((sum, action) => sum + countStatuses(action, TOO_MANY_REQUESTS), 0);
    const rate = perMinute(throttled, activeSeconds);
    if (throttled < MIN_THROTTLED || rate < MIN_THROTTLED_PER_MINUTE) return null;
    if (throttled < requests * MIN_THROTTLED_RATIO) return null;
    const most = heaviest(actions, (action) => countStatuses(action, TOO_MANY_REQUESTS));
    return {
      pattern: "throttled-storm",
      title: `is throttled ${timesPerMinute(rate)}`,
      evidence: `${countOf(throttled, "answer")} of 429 (too many requests), ${formatRatio(throttled / requests)} of its requests.`,
      remedy:
        "Heed Retry-After and lower the client's rate (QPS and burst); if its work matters more than that, give it a flow schema and a priority level of its own.",
      sourceUrl: "https://kubernetes.io/docs/concepts/cluster-administration/flow-control/",
      verb: most?.verb ?? null,
      resource: most?.resource ?? null,
    };
  },
};
