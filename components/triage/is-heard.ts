import type { TriageAnswer } from "@/lib/api/triage";

/** Whether any source told of the window: without one nothing was found because nothing is known. */
export function isHeard({ sources }: Pick<TriageAnswer, "sources">): boolean {
  return sources.some((source) => source.isHeard);
}
