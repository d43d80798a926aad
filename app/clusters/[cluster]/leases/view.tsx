"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { TimeChart } from "@/components/charts/time-chart";
import { readRange } from "@/components/keyspace/view-search";
import { LeaseFacts } from "@/components/leases/lease-facts";
import { keyShares, leaseSentences, remainingShares, ttlShares } from "@/components/leases/lease-words";
import { LeasedPrefixes } from "@/components/leases/leased-prefixes";
import styles from "@/components/leases/leases.module.css";
import { ShareBars } from "@/components/leases/share-bars";
import { useUrlState } from "@/components/shell/use-url-state";
import { OriginNote } from "@/components/ui/origin";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type LeasesAnswer, leasesOptions } from "@/lib/api/leases";
import { formatCount } from "@/lib/model/units";

/** The Leases page. */
export function LeasesView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const { data, error, dataUpdatedAt, refetch } = useQuery(leasesOptions(cluster, readRange(params)));
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <PageSkeleton label="Loading the leases" />}
      {data !== undefined && <Leases cluster={cluster} answer={data} />}
    </div>
  );
}

function Leases({ cluster, answer }: { cluster: string; answer: LeasesAnswer }) {
  const { title, lede } = leaseSentences(answer);
  return (
    <>
      <div className="answer">
        <div>
          <h1>{title}</h1>
          <p className="lede">{lede}</p>
        </div>
      </div>
      <LeaseFacts answer={answer} />
      <LeaseChart answer={answer} />
      {answer.leases !== null && answer.leases > 0 && <Distributions answer={answer} />}
      <LeasedPrefixes cluster={cluster} answer={answer} />
      <p className="muted settings-text">
        A Kubernetes apiserver puts the events of the same half minute on one lease, up to a thousand a lease: the
        number of leases is no number of events. The keys of a lease are only counted; etcdscope does not keep their
        names.
      </p>
    </>
  );
}

function LeaseChart({ answer }: { answer: LeasesAnswer }) {
  const { series, range, reason } = answer;
  const lines = useMemo(() => [{ id: "leases", label: "Leases", values: series.leases }], [series.leases]);
  const chart = { atMs: series.atMs, stepSeconds: series.stepSeconds, range, origin: answer.origin };
  return (
    <TimeChart
      title="Leases over time"
      unit="leases"
      kind="lines"
      answer={chart}
      series={lines}
      nothing={reason ?? "Nobody looked at the leases in this time."}
    />
  );
}

function Distributions({ answer }: { answer: LeasesAnswer }) {
  const note = (
    <OriginNote origin="sampled" at={answer.at}>
      of {formatCount(answer.sampledLeases ?? 0)} leases asked
    </OriginNote>
  );
  return (
    <div className={styles.thirds}>
      <ShareBars title="Granted for" note={note} shares={ttlShares(answer)} nothing="No lease was asked." />
      <ShareBars
        title="Of that time is left"
        note={note}
        shares={remainingShares(answer)}
        nothing="No lease told its time."
      />
      <ShareBars
        title="Keys on a lease"
        note={note}
        shares={keyShares(answer)}
        nothing="The keys of the leases may not be listed with this access."
      />
    </div>
  );
}
