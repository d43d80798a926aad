import { ExportFormat, type Operations, STORED } from "@/app/api/openapi-operation";
import { FindingsAnswer, FindingsParams } from "@/lib/api/findings";
import { SpikesAnswer, SpikesParams } from "@/lib/api/spikes";

const BAND = [
  "A figure is out of its band above the median plus six median absolute deviations, above twice the median, above a",
  "floor (10 ms and 3 ms over the median, 5 a second, 64 KiB a second), and half as high again as it gets in one step of a",
  "hundred. Usual is what the same hour of earlier weeks shows, else of earlier days, and what the last hour shows.",
].join(" ");

/** What stands out by itself: spikes and findings. */
export const SPIKE_OPERATIONS: Operations = {
  "/api/v1/clusters/{cluster}/spikes": {
    get: {
      ...{ summary: "Latencies and rates that left their usual band", description: BAND, tag: "triage" },
      ...{ query: SpikesParams.extend(ExportFormat.shape), answer: SpikesAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/findings": {
    get: {
      ...{ summary: "What is wrong now, and what was in a range", tag: "triage" },
      ...{ query: FindingsParams.extend(ExportFormat.shape), answer: FindingsAnswer, problems: STORED },
    },
  },
};
