import { ExportFormat, type Operations, STORED } from "@/app/api/openapi-operation";
import { ConfigurationAnswer } from "@/lib/api/member-configuration";
import { MemberSeriesAnswer, MemberSeriesParams } from "@/lib/api/member-series";
import { MembersAnswer, MembersParams } from "@/lib/api/members";

const SERIES = [
  "Quantiles are of all observations of a step, buckets added up first, never a mean of quantiles; rates are of the time",
  "observed; of Status samples and probes a step holds the largest. A step nobody observed is null.",
].join(" ");

/** Everything about the members but their connections. */
export const MEMBER_OPERATIONS: Operations = {
  "/api/v1/clusters/{cluster}/members": {
    get: {
      ...{ summary: "The members, side by side", tag: "members", query: MembersParams.extend(ExportFormat.shape) },
      ...{ answer: MembersAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/members/series": {
    get: {
      ...{ summary: "Signals of every member over time", description: SERIES, tag: "members" },
      ...{ query: MemberSeriesParams.extend(ExportFormat.shape), answer: MemberSeriesAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/members/configuration": {
    get: {
      ...{ summary: "How the members are set up, as far as they tell", tag: "members", query: ExportFormat },
      ...{ answer: ConfigurationAnswer, problems: STORED },
    },
  },
};
