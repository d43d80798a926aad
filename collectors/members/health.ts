import { explainFailure } from "@/collectors/etcd/explain";
import type { MembersPoll } from "@/collectors/members/poll";
import { OtherClusterError } from "@/collectors/members/write";
import type { CollectorReport } from "@/collectors/report-state";
import type { ClusterAccess } from "@/lib/model/questions";

const ALARMS: Record<string, { meaning: string; remedy: string }> = {
  NOSPACE: {
    meaning: "the space quota is used up and etcd refuses writes",
    remedy: "Compact old revisions, defragment the members one at a time, then run etcdctl alarm disarm.",
  },
  CORRUPT: {
    meaning: "the members' data differ and etcd refuses to be used",
    remedy: "Find the member that differs (etcdctl endpoint hashkv), replace it, then run etcdctl alarm disarm.",
  },
};

/** How the cluster's members are, as the collector's state. Several troubles are put in one reason, worst first. */
export async function judgeMembers(poll: MembersPoll, access: ClusterAccess): Promise<CollectorReport> {
  const troubles = [...raisedAlarms(poll), ...silentMembers(poll), ...missingLeader(poll)];
  if (troubles.length === 0) troubles.push(...(await unusedEndpoints(poll, access)));
  if (troubles.length === 0) return { health: "ok" };
  return {
    health: "degraded",
    reason: troubles.map(({ reason }) => reason).join(" "),
    remedy: troubles.map(({ remedy }) => remedy).join(" "),
  };
}

/** Why the members could not be read at all. */
export async function judgeFailure(error: unknown, access: ClusterAccess): Promise<CollectorReport> {
  if (error instanceof OtherClusterError) {
    return {
      health: "failed",
      reason: `The endpoints now lead to etcd cluster ${error.foundClusterId}; what is stored here was learned from ${error.knownClusterId}.`,
      remedy: "Correct the endpoints, or, if the cluster was made anew, remove it here with its data and add it again.",
    };
  }
  const { reason, remedy } = await explainFailure(error, { endpoint: access.endpoints.join(", "), access });
  return { health: "failed", reason, remedy };
}

interface Trouble {
  reason: string;
  remedy: string;
}

function raisedAlarms({ members }: MembersPoll): Trouble[] {
  const alarms = [...new Set(members.flatMap((member) => member.alarms))].sort();
  return alarms.map((alarm) => {
    const raisedBy = members.filter((member) => member.alarms.includes(alarm)).map(({ name }) => name);
    const { meaning, remedy } = ALARMS[alarm] ?? {
      meaning: "etcdscope does not know this alarm",
      remedy: "See etcd's documentation of alarms.",
    };
    return { reason: `The ${alarm} alarm is raised by ${raisedBy.join(", ")}: ${meaning}.`, remedy };
  });
}

function silentMembers({ members }: MembersPoll): Trouble[] {
  const silent = members.filter(({ status }) => status === null);
  if (silent.length === 0) return [];
  const reasons = silent.map(({ name, memberId, failure }) => `${name || memberId}: ${failure}`);
  return [
    {
      reason: `${silent.length} of ${members.length} members ${silent.length === 1 ? "does" : "do"} not answer. ${reasons.join(" ")}`,
      remedy:
        "Start the member; if it runs but cannot be reached at its client URL from here, add an endpoint that leads to it.",
    },
  ];
}

function missingLeader({ members }: MembersPoll): Trouble[] {
  if (members.some(({ isLeader }) => isLeader)) return [];
  return [
    {
      reason: "The cluster has no leader: it takes no writes.",
      remedy: "Check that a majority of its members is running and that they reach each other.",
    },
  ];
}

/** Endpoints that are of no use although every member answers, by its other addresses. */
async function unusedEndpoints({ failures }: MembersPoll, access: ClusterAccess): Promise<Trouble[]> {
  return Promise.all(failures.map(({ endpoint, error }) => explainFailure(error, { endpoint, access })));
}
