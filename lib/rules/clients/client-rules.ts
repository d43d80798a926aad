import type { ClientFacts, ClientPatternFinding, ClientRule } from "@/lib/rules/clients/client-facts";
import { conflictStorm } from "@/lib/rules/clients/conflict-storm";
import { deniedStorm } from "@/lib/rules/clients/denied-storm";
import { dominant } from "@/lib/rules/clients/dominant";
import { relistLoop } from "@/lib/rules/clients/relist-loop";
import { throttledStorm } from "@/lib/rules/clients/throttled-storm";
import { tightGetLoop } from "@/lib/rules/clients/tight-get-loop";
import { tightUpdateLoop } from "@/lib/rules/clients/tight-update-loop";
import { uncachedLists } from "@/lib/rules/clients/uncached-lists";
import { unpagedLists } from "@/lib/rules/clients/unpaged-lists";
import { watchChurn } from "@/lib/rules/clients/watch-churn";

/** Every abusive pattern, the costliest for a cluster first. */
export const CLIENT_RULES: readonly ClientRule[] = [
  unpagedLists,
  relistLoop,
  uncachedLists,
  dominant,
  throttledStorm,
  conflictStorm,
  tightUpdateLoop,
  tightGetLoop,
  deniedStorm,
  watchChurn,
];

/** The patterns that a client shows, the costliest first. */
export function findClientPatterns(facts: ClientFacts): ClientPatternFinding[] {
  return CLIENT_RULES.flatMap((rule) => rule.check(facts) ?? []);
}
