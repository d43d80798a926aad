import * as z from "zod";
import { type Operations, STORED } from "@/app/api/openapi-operation";
import { TriageAnswer, TriageParams } from "@/lib/api/triage";

const WHY = [
  "Every check of the catalogue over a window and the calm time it is compared with: `likely-cause`, `contributing`,",
  "`ruled-out` or `no-data`, each with its number, its thresholds and what to do next. Without `from` and `to` the window",
  "is that of the latency spike that goes on or was last within 24 hours, else the last ten minutes; without a baseline",
  "the calm time is as long (ten minutes at least) and lies before it. Neither may be longer than 24 hours, nor overlap.",
  "Figures are those of whole steps of `axis`.",
].join(" ");

const Format = z.object({
  format: z.enum(["md", "json"]).optional().describe("Markdown for an incident's channel, or a file to download"),
});

/** Why it is slow. */
export const TRIAGE_OPERATIONS: Operations = {
  "/api/v1/clusters/{cluster}/triage": {
    get: {
      ...{ summary: "Why it is slow: ranked suspects for a window", description: WHY, tag: "triage" },
      ...{ query: TriageParams.extend(Format.shape), answer: TriageAnswer, problems: STORED },
      binary: { type: "text/markdown", description: "With `format=md`" },
    },
  },
};
