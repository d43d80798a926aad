import { formatRatio } from "@/lib/model/units";
import type { ClientAction, ClientRule } from "@/lib/rules/clients/client-facts";
import { byResource, countStatuses, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { countOf, timesPerMinute } from "@/lib/rules/clients/client-words";

const DENIED = [401, 403] as const;
/** Every six seconds: what is forbidden now will be so then. */
export const MIN_DENIED_PER_MINUTE = 10;
export const MIN_DENIED = 20;
/** Below this share the answer is about some objects (a quota, a namespace that ends), not about the client. */
export const MIN_DENIED_RATIO = 0.5;

/** The client is not let in, or not allowed, and asks again and again. Thresholds are our own. */
export const deniedStorm: ClientRule = {
  id: "denied-storm",
  check(facts) {
    const action = heaviest(byResource(facts), (candidate) =>
      isFound(candidate) ? countStatuses(candidate, DENIED) : 0,
    );
    if (action === null) return null;
    const denied = countStatuses(action, DENIED);
    const rate = perMinute(denied, action.activeSeconds);
    const isUnknown = countStatuses(action, [401]) > denied / 2;
    return {
      pattern: "denied-storm",
      title: `is denied ${action.verb} of ${action.resource} ${timesPerMinute(rate)}`,
      evidence: `${countOf(denied, `${action.verb} request`)} of ${action.resource} answered ${isUnknown ? "401 (who are you?)" : "403 (forbidden)"}, ${formatRatio(denied / action.requests)} of them.`,
      remedy: isUnknown
        ? "Renew its credentials, or stop it; until then it should wait longer after each refusal."
        : "Grant the right with a role if it should have it, else take the request out of the client; until then it should wait longer after each refusal.",
      sourceUrl: isUnknown
        ? "https://kubernetes.io/docs/reference/access-authn-authz/authentication/"
        : "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound(action: ClientAction): boolean {
  const denied = countStatuses(action, DENIED);
  if (denied < MIN_DENIED || denied < action.requests * MIN_DENIED_RATIO) return false;
  return perMinute(denied, action.activeSeconds) >= MIN_DENIED_PER_MINUTE;
}
