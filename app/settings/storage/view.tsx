"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { storageAnswer } from "@/components/settings/storage-answer";
import { StorageShares } from "@/components/settings/storage-shares";
import { StorageTable } from "@/components/settings/storage-table";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { patchStorage, storageOptions } from "@/lib/api/storage";

/** What is kept, for how long, and what it takes. */
export function StorageView() {
  const { data, error, dataUpdatedAt, refetch } = useQuery(storageOptions());
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: patchStorage,
    onSuccess: (answer) => client.setQueryData(storageOptions().queryKey, answer),
  });
  const note = <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />;
  if (data === undefined) return error === null ? <PageSkeleton label="Loading what is stored" /> : note;
  const answer = storageAnswer(data);
  return (
    <div className="page">
      {note}
      <div className="answer">
        <div>
          <h1>{answer.title}</h1>
          <p className="lede">{answer.lede}</p>
        </div>
      </div>
      <ProblemNote error={change.error} />
      <StorageTable levels={data.levels} isBusy={change.isPending} onChange={(patch) => change.mutate(patch)} />
      {data.clusters.length > 1 && <StorageShares clusters={data.clusters} />}
    </div>
  );
}
