"use client";

import styles from "@/components/cost/cost.module.css";
import { Fact, Facts } from "@/components/ui/facts";
import { Age } from "@/components/ui/time";
import type { ClusterSummary } from "@/lib/api/clusters";
import type { CostAnswer } from "@/lib/api/cost";
import { formatCount, splitBytes } from "@/lib/model/units";

/** How the picture of the keyspace is kept, and how well it has been proved. */
export function CollectionFacts({ summary, answer }: { summary: ClusterSummary | undefined; answer: CostAnswer }) {
  const keyspace = summary?.keyspace;
  const model = answer.modelBytes === null ? null : splitBytes(answer.modelBytes);
  return (
    <Facts>
      <Fact label="Drift" value={driftValue(keyspace)} hint={<DriftHint keyspace={keyspace} />} />
      <Fact
        label="Read from"
        value={keyspace?.endpoint == null ? null : <span className={styles.endpoint}>{keyspace.endpoint}</span>}
        hint="scan and watch"
      />
      <Fact
        label="Page boundaries"
        value={answer.boundaries === null ? null : <Age at={answer.boundaries.at} />}
        hint={
          answer.boundaries === null
            ? "none yet: the next scan finds its own"
            : `old, of ${formatCount(answer.boundaries.keys)} keys; the next scan begins with them`
        }
      />
      <Fact label="Model memory" value={model?.value ?? null} unit={model?.unit} hint="in the worker" />
      <Fact
        label="Compacted to"
        value={compactedTo(keyspace)}
        hint={keyspace?.historyReason ?? "history behind it is counted in full"}
      />
    </Facts>
  );
}

function compactedTo(keyspace: Keyspace): string | null {
  if (keyspace?.compactRevision == null) return null;
  return keyspace.compactRevision === 0 ? "never" : formatCount(keyspace.compactRevision);
}

type Keyspace = ClusterSummary["keyspace"] | undefined;

function driftValue(keyspace: Keyspace): string | null {
  return keyspace?.driftKeys == null ? null : formatCount(keyspace.driftKeys);
}

function DriftHint({ keyspace }: { keyspace: Keyspace }) {
  if (keyspace?.driftCheckedAt == null) return <>not compared with etcd yet</>;
  const keys = keyspace.driftCheckedKeys ?? 0;
  return (
    <>
      keys differ of {formatCount(keys)} compared, last <Age at={keyspace.driftCheckedAt} /> ago
    </>
  );
}
