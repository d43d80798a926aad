import type { SourceName } from "@/lib/model/sources";

/** What can be known through each source, and what cannot. */
export const SOURCE_WORDS: Readonly<Record<SourceName, { tells: string; cannotTell: string }>> = {
  metrics: {
    tells:
      "How many requests each member serves by gRPC method, its traffic, watchers and raft figures: totals, exact.",
    cannotTell: "Who asked, from where, and for which key.",
  },
  apiserver: {
    tells:
      "How many requests each apiserver served by verb, resource and code, how long they took, and its calls to etcd.",
    cannotTell: "Who asked: an apiserver's metrics name neither user nor agent nor address.",
  },
  audit: {
    tells:
      "Who asked an apiserver for what: user, agent, address, verb, resource, namespace, code and time, each request once.",
    cannotTell:
      "How many bytes were answered, and whoever reads etcd past the apiserver; requests the audit policy leaves out are missing.",
  },
  "etcd-log": {
    tells: "Which address asked etcd for which keys, how long it took, and etcd's own complaints.",
    cannotTell:
      "User and agent, and watches; etcd logs at most 100 lines of a kind a second and then every hundredth, so counts are a sample.",
  },
  connections: {
    tells: "How many connections each address holds to a member.",
    cannotTell: "What is asked through them.",
  },
  leases: {
    tells: "How many leases there are, and of a sample their times to live and keys.",
    cannotTell: "Who granted them.",
  },
};

/** Sources that read etcd itself: a cluster known through its apiserver alone has none of them. */
export const SOURCES_OF_ETCD: ReadonlySet<SourceName> = new Set(["metrics", "leases"]);
/** Why those are off there. */
export const MANAGED_REASON = "This cluster is known through its apiserver only: etcd itself is not reached.";
