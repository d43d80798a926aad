import { formatDuration, formatRatio } from "@/lib/model/units";
import type { ClientFacts, ClientRule } from "@/lib/rules/clients/client-facts";
import { countOf } from "@/lib/rules/clients/client-words";

/** Of all requests, or of all the time that requests took. */
export const MIN_SHARE = 0.3;
/** On an idle cluster somebody must be first. */
export const MIN_REQUESTS_PER_SECOND = 1;
/** Of each second, this much is spent on its requests, several at once added up. */
export const MIN_BUSY_RATIO = 0.2;

/** One client makes more than 30 % of the load. */
export const dominant: ClientRule = {
  id: "dominant",
  check(facts) {
    const requestShare = facts.requests / facts.all.requests;
    const busyShare =
      facts.busySeconds === null || !facts.all.busySeconds ? 0 : facts.busySeconds / facts.all.busySeconds;
    const byRequests = requestShare > MIN_SHARE && isBusy(facts);
    const byTime = busyShare > MIN_SHARE && isSlow(facts);
    if (!byRequests && !byTime) return null;
    const leadsByTime = byTime && (!byRequests || busyShare > requestShare);
    const time =
      facts.busySeconds === null
        ? ""
        : `, and ${formatDuration(facts.busySeconds * 1_000)} of request time, ${formatRatio(busyShare)} of all`;
    return {
      pattern: "dominant",
      title: leadsByTime
        ? `takes ${formatRatio(busyShare)} of all request time`
        : `makes ${formatRatio(requestShare)} of all requests`,
      evidence: `${countOf(facts.requests, "request")}, ${formatRatio(requestShare)} of all${time}.`,
      remedy:
        "Give it a flow schema with a priority level of its own, so that others keep their share, and lower its rate (QPS and burst).",
      sourceUrl: "https://kubernetes.io/docs/concepts/cluster-administration/flow-control/",
      verb: null,
      resource: null,
    };
  },
};

function isBusy({ requests, all }: ClientFacts): boolean {
  return all.observedSeconds > 0 && requests / all.observedSeconds >= MIN_REQUESTS_PER_SECOND;
}

function isSlow({ busySeconds, all }: ClientFacts): boolean {
  return all.observedSeconds > 0 && (busySeconds ?? 0) / all.observedSeconds >= MIN_BUSY_RATIO;
}
