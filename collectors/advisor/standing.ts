import type { Standing } from "@/collectors/advisor/findings/cluster-findings";
import { readTriageFacts } from "@/lib/queries/triage/facts";
import { TRIAGE_RULES } from "@/lib/rules/triage/triage-rules";

/** What is checked all the time: the rules of triage that tell by themselves that something is wrong. */
export const STANDING: Standing = { readFacts: readTriageFacts, rules: TRIAGE_RULES };
