import type { Pattern } from "@/lib/model/pattern-types";

/** What a pattern is, in the words of the reader. `docs/patterns.md` says the same with pictures. */
export interface PatternExplanation {
  /** What it looks like. */
  looks: string;
  /** When it is told. */
  rule: string;
  /** What usually makes it, in Kubernetes. */
  causes: string;
  remedy: string;
}

export const PATTERN_EXPLANATIONS: Record<Pattern, PatternExplanation> = {
  storm: {
    looks: "A bright block: far more writes than this prefix has usually, for some minutes.",
    rule: "Above the median by 6 median absolute deviations, above twice the median, at least 5 writes/s, and 300 writes more than usual.",
    causes:
      "Events of a crash loop, a rollout or a job queue; a controller that relists and rewrites; a restart of many nodes at once.",
    remedy:
      "Find who writes by the names of the keys, then mend or scale down the emitter. EventRateLimit caps events.",
  },
  "hot-loop": {
    looks: "A thin line that is always bright: the same few keys, updated without a pause.",
    rule: "At least 1 update a second to each key, for 10 minutes or longer; creates and deletes at most 5 % of it. Leases are left out.",
    causes:
      "Two controllers that undo each other's change, or a status that holds a timestamp and is written at every look.",
    remedy:
      "kubectl get --show-managed-fields names the managers that write; mend the one that writes what has not changed.",
  },
  leak: {
    looks: "A row that grows brighter and brighter in live bytes, and never darker.",
    rule: "Over 6 hours or more: larger by 10 % and 1 MiB (or 1,000 keys), nearly in a straight line, deletes at most 5 % of the creates.",
    causes: "Objects nobody cleans up: reports, finished workflows, Helm releases, a missing TTL or owner reference.",
    remedy: "Give them a TTL, a history limit or an owner; delete the old ones in steps, then compact and defragment.",
  },
  drain: {
    looks: "A block in the deletes, after which the row is darker.",
    rule: "A burst of deletes, 1 a second or faster, that takes away 100 keys and a fifth of all keys of the prefix, or more.",
    causes: "A namespace removed, a clean-up by hand, expired leases that take their keys along, a garbage collector.",
    remedy: "Nothing when it was meant. The file stays as large until compaction and defragmentation.",
  },
  "sequential-create": {
    looks: "A steady row of creates and hardly a delete: the number of keys climbs like stairs.",
    rule: "8 in 10 puts create a key, at least 1 in ten seconds and 100 in all, in 7 of 10 buckets; deletes at most 10 % of them.",
    causes:
      "A batch that is being loaded, jobs or reports with generated names, an operator that makes rather than updates.",
    remedy: "See whether it ends. When it does not, limit how many are kept.",
  },
  churn: {
    looks: "Creates and deletes in the same row, about as many; the number of keys stays.",
    rule: "The fewer of creates and deletes are 8 in 10 of the other; together half of all writes; at least 100 creates, 1 in ten seconds.",
    causes: "Events with their TTL, pods of jobs, ephemeral reports: made to be thrown away.",
    remedy: "Expected of events. Else keep less: a shorter TTL, fewer retries, fewer short-lived objects.",
  },
  periodic: {
    looks: "Bright columns at equal distances.",
    rule: "Like itself (autocorrelation of 0.5 or more) after the same interval, three times or more, with 30 writes each time.",
    causes: "CronJobs, resyncs of controllers, status reports of nodes (every 5 minutes), scanners.",
    remedy: "Nothing, when each burst is short. Spread them when they come all at once.",
  },
  heartbeat: {
    looks: "An even, unchanging band.",
    rule: "Each key updated at its own interval of 1 s to 5 min, with much less variation than chance has; creates and deletes at most 5 %.",
    causes: "Leases of nodes (every 10 s) and leader elections (every 2 s).",
    remedy: "Expected. When it is a large part of all writes, lengthen the intervals of leader elections.",
  },
  cold: {
    looks: "A dark row that takes a notable part of the live bytes.",
    rule: "Not one write in a day or more, nearly all of it watched, and at least 5 % of all live bytes.",
    causes: "What an uninstalled operator left behind, old releases, archived configuration.",
    remedy: "Ask whether anyone needs it; back it up and delete it.",
  },
};
