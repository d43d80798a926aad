import { formatRatio } from "@/lib/model/units";
import type { ClientAction, ClientFacts, ClientRule } from "@/lib/rules/clients/client-facts";
import { heaviest, perMinute } from "@/lib/rules/clients/client-rates";
import { askedThing, countOf, timesPerMinute } from "@/lib/rules/clients/client-words";

/** One write a second: rule C14 of our catalogue (HOT_LOOP: a key written once a second or more). */
export const MIN_UPDATES_PER_MINUTE = 60;
/** A controller at work writes several kinds of things, and in several namespaces. */
export const MIN_SHARE_OF_CLIENT = 0.5;
/** Fewer are a moment. */
export const MIN_UPDATES = 60;

/** Leases are written to be written again: that is how a holder says it lives. Events tell of many things, not of one. */
const MEANT_TO_BE_WRITTEN = new Set(["leases.coordination.k8s.io", "events", "events.events.k8s.io"]);

/**
 * Objects of one resource in one namespace are written without pause by a client that does little else: a status that
 * flaps, a lock on a big object, two controllers that undo each other.
 */
export const tightUpdateLoop: ClientRule = {
  id: "tight-update-loop",
  check(facts) {
    const action = heaviest(facts.actions, (candidate) => (isFound(candidate, facts) ? candidate.requests : 0));
    if (action === null) return null;
    const rate = perMinute(action.requests, action.activeSeconds);
    return {
      pattern: "tight-update-loop",
      title: `writes ${askedThing(action)} ${timesPerMinute(rate)}`,
      evidence: `${countOf(action.requests, `${action.verb} request`)} of ${askedThing(action)}, ${formatRatio(action.requests / facts.requests)} of all this client does.`,
      remedy:
        "Write only what has changed, and wait between two writes; a lock for leader election belongs into a Lease (resourceLock: leases). `kubectl get -o yaml --show-managed-fields` names the writers of an object.",
      sourceUrl:
        "https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md",
      verb: action.verb,
      resource: action.resource,
    };
  },
};

function isFound({ verb, resource, requests, activeSeconds, namespace }: ClientAction, facts: ClientFacts): boolean {
  if ((verb !== "update" && verb !== "patch") || namespace === null) return false;
  if (MEANT_TO_BE_WRITTEN.has(resource) || requests < MIN_UPDATES) return false;
  if (requests < facts.requests * MIN_SHARE_OF_CLIENT) return false;
  return perMinute(requests, activeSeconds) >= MIN_UPDATES_PER_MINUTE;
}
