import { ASKED, ExportFormat, type Operations, STORED } from "@/app/api/openapi-operation";
import { ConsistencyAnswer, HashCheckRow } from "@/lib/api/consistency";
import { ProbesAnswer, ProbesParams } from "@/lib/api/probes";

/** What etcdscope finds out by asking the members itself. */
export const HEALTH_OPERATIONS: Operations = {
  "/api/v1/clusters/{cluster}/probes": {
    get: {
      ...{ summary: "Reads of an absent key at every member, every 5 s", tag: "members" },
      description:
        "A serializable read is answered by the member alone; a linearizable one needs the leader and a majority.",
      ...{ query: ProbesParams.extend(ExportFormat.shape), answer: ProbesAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/consistency": {
    get: {
      ...{ summary: "Whether the members hold the same", tag: "members", query: ExportFormat },
      ...{ answer: ConsistencyAnswer, problems: STORED },
    },
    post: {
      ...{ summary: "Compare the members' hashes now", tag: "members", answer: HashCheckRow },
      description: "Reads the whole db of every member once, one after the other: about 2 s of CPU a GiB.",
      problems: [...ASKED, "403", "409", "415"],
    },
  },
};
