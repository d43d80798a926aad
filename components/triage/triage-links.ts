import { prefixSearch } from "@/components/keyspace/view-search";
import { clusterHref } from "@/components/shell/cluster-href";
import type { TriageSubjectItem } from "@/lib/api/triage";

/** A page that shows more of a subject. */
export interface SubjectLink {
  href: string;
  words: string;
}

/** Where more is shown of what a check is about, at the time of the axis; the first is the nearest. */
export function subjectLinks(
  cluster: string,
  subject: TriageSubjectItem,
  time: { from: string; to: string },
): SubjectLink[] {
  switch (subject.kind) {
    case "prefix": {
      const search = { ...prefixSearch(subject.prefix), ...time };
      return [
        { href: clusterHref(cluster, "prefix", search), words: "Open the prefix" },
        { href: clusterHref(cluster, "heatmap", search), words: "See the heatmap" },
      ];
    }
    case "client": {
      const { userAgent, user, sourceAddress } = subject;
      const href = clusterHref(cluster, "clients", { userAgent, user, sourceAddress, ...time });
      return [{ href, words: "Open the client" }];
    }
    case "verb":
      return [{ href: clusterHref(cluster, "traffic", { verb: subject.verb, ...time }), words: "Open the traffic" }];
    case "member":
      return [{ href: clusterHref(cluster, "members", time), words: "Open the members" }];
    default:
      return [];
  }
}
