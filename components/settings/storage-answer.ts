import type { StorageAnswer } from "@/lib/api/storage";
import { formatBytes } from "@/lib/model/units";

/** What is stored and where it leads, in a sentence. */
export function storageAnswer(storage: StorageAnswer): { title: string; lede: string } {
  const { databaseBytes, inThirtyDaysBytes, clusters } = storage;
  const forClusters = clusters.length === 1 ? "one cluster" : `${clusters.length} clusters`;
  const now = `etcdscope uses ${formatBytes(databaseBytes)} for ${forClusters}`;
  const lede =
    "The finer a level, the sooner it goes; when it is gone, the next coarser one answers. A change holds within a minute; whole days and months are dropped at a time.";
  if (inThirtyDaysBytes === null) return { title: `${now}; the pace is not known yet.`, lede };
  return { title: `${now}; at this pace ${formatBytes(inThirtyDaysBytes)} in 30 days.`, lede };
}
