import { formatRatio } from "@/lib/model/units";
import type { ClientAction, ClientFacts, ClientRule } from "@/lib/rules/clients/client-facts";
import { byResource, countStatuses, heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { askedThing, countOf, timesPerMinute } from "@/lib/rules/clients/client-words";

/** One a second, all the time; an informer would need none. */
export const MIN_GETS_PER_MINUTE = 60;
/** Asking for what is not there teaches nothing: one every two seconds is enough to be named. */
export const MIN_MISSES_PER_MINUTE = 30;
/** From here on, the gets are for what is not there. */
export const MISSING_RATIO = 0.8;
/** A client that works with what it gets does other things, too. */
export const MIN_SHARE_OF_CLIENT = 0.5;
/** Fewer are a moment. */
export const MIN_GETS = 40;

/** One resource is read object by object, at a pace that only a loop has. Thresholds are our own. */
export const tightGetLoop: ClientRule = {
  id: "tight-get-loop",
  check(facts) {
    const action = heaviest(byResource(facts), (candidate) => (isFound(candidate, facts) ? candidate.requests : 0));
    if (action === null) return null;
    const missing = countStatuses(action, [404]) / action.requests;
    const rate = perMinute(action.requests, action.activeSeconds);
    const answers = missing >= MISSING_RATIO ? `, ${formatRatio(missing)} of them answered 404 (not found)` : "";
    return {
      pattern: "tight-get-loop",
      title: `gets ${askedThing(action)} ${timesPerMinute(rate)}${answers === "" ? "" : ", mostly what is not there"}`,
      evidence: `${countOf(action.requests, "get")} of ${askedThing(action)}, ${formatRatio(action.requests / facts.requests)} of all this client does${answers}.`,
      remedy:
        "Keep a copy with an informer and read from that; where a get must be repeated, wait longer each time, and limit the client's rate.",
      sourceUrl: "https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound(action: ClientAction, facts: ClientFacts): boolean {
  if (action.verb !== "get" || action.requests < MIN_GETS) return false;
  if (action.requests < facts.requests * MIN_SHARE_OF_CLIENT) return false;
  const isMissing = countStatuses(action, [404]) >= action.requests * MISSING_RATIO;
  const threshold = isMissing ? MIN_MISSES_PER_MINUTE : MIN_GETS_PER_MINUTE;
  return perMinute(action.requests, action.activeSeconds) >= threshold;
}
