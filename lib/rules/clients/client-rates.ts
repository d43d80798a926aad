import type { ClientAction, ClientFacts } from "@/lib/rules/clients/client-facts";

/** Shorter than this, a rate per minute would be made of a moment. */
const SHORTEST_SECONDS = 60;

/** How often something happened, per minute of the time in which it was seen at all. */
export function perMinute(count: number, activeSeconds: number): number {
  return count / (Math.max(activeSeconds, SHORTEST_SECONDS) / 60);
}

/** Requests of an action that were answered with one of these statuses. */
export function countStatuses(action: ClientAction, statuses: readonly number[]): number {
  return statuses.reduce((sum, status) => sum + (action.statuses.get(status) ?? 0), 0);
}

/** Requests of an action that were refused or failed. */
export function countFailures(action: ClientAction): number {
  let failures = 0;
  for (const [status, requests] of action.statuses) if (status >= 400) failures += requests;
  return failures;
}

/** The action that `weigh` gives the most to; null where none weighs anything. The first of equal ones. */
export function heaviest(
  actions: readonly ClientAction[],
  weigh: (action: ClientAction) => number,
): ClientAction | null {
  let found: ClientAction | null = null;
  let most = 0;
  for (const action of actions) {
    const weight = weigh(action);
    if (weight <= most) continue;
    most = weight;
    found = action;
  }
  return found;
}

/** The actions with the namespaces of each verb and resource added up; its namespace is null where there were several. */
export function byResource({ actions, activeSeconds }: ClientFacts): ClientAction[] {
  const sums = new Map<string, ClientAction>();
  for (const action of actions) {
    const name = JSON.stringify([action.verb, action.resource]);
    const sum = sums.get(name);
    sums.set(name, sum ? addActions(sum, action, activeSeconds) : action);
  }
  return [...sums.values()];
}

function addActions(a: ClientAction, b: ClientAction, clientSeconds: number): ClientAction {
  const statuses = new Map(a.statuses);
  for (const [status, requests] of b.statuses) statuses.set(status, (statuses.get(status) ?? 0) + requests);
  return {
    verb: a.verb,
    resource: a.resource,
    namespace: null,
    requests: a.requests + b.requests,
    // Two namespaces may have been asked in the same minute or not: no longer than the client was there at all.
    activeSeconds: Math.min(a.activeSeconds + b.activeSeconds, clientSeconds),
    statuses,
    unpagedLists: a.unpagedLists + b.unpagedLists,
    uncachedLists: a.uncachedLists + b.uncachedLists,
    busySeconds: addKnown(a.busySeconds, b.busySeconds),
    responseBytes: addKnown(a.responseBytes, b.responseBytes),
  };
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}
