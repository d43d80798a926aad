"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CaptureNow } from "@/components/captures/capture-dialog";
import { CapturesTable } from "@/components/captures/captures-table";
import { sourcesHref } from "@/components/settings/settings-pages";
import { useCluster } from "@/components/shell/use-cluster";
import { useUrlState } from "@/components/shell/use-url-state";
import { HappenedPanel } from "@/components/timeline/happened-panel";
import { AxisPanel } from "@/components/triage/axis-panel";
import { CopyButtons } from "@/components/triage/copy-buttons";
import { isHeard } from "@/components/triage/is-heard";
import { MoversTable } from "@/components/triage/movers-table";
import { type Aim, TimeChoice, useChooseSpan } from "@/components/triage/time-choice";
import styles from "@/components/triage/triage.module.css";
import { TriageHeading } from "@/components/triage/triage-heading";
import { NOTHING_CHOSEN, readTriageState } from "@/components/triage/triage-search";
import { TriageSources } from "@/components/triage/triage-sources";
import { VerdictsPanel } from "@/components/triage/verdicts-panel";
import { Banner } from "@/components/ui/banner";
import { Button, LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type TriageAnswer, triageOptions } from "@/lib/api/triage";

/** Why it is slow. */
export function TriageView({ cluster }: { cluster: string }) {
  const { params, patch } = useUrlState();
  const { params: asked } = readTriageState(params);
  const { data, error, dataUpdatedAt, refetch } = useQuery(triageOptions(cluster, asked));
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {error !== null && asked.from !== undefined && (
        <div>
          <Button small onClick={() => patch(NOTHING_CHOSEN, { push: true })}>
            Look at the newest instead
          </Button>
        </div>
      )}
      {data === undefined && error === null && <PageSkeleton label="Loading the triage" />}
      {data !== undefined && <Answered cluster={cluster} answer={data} />}
    </div>
  );
}

function Answered({ cluster, answer }: { cluster: string; answer: TriageAnswer }) {
  const { data: summary } = useCluster(cluster);
  const [aim, setAim] = useState<Aim>("window");
  const choose = useChooseSpan(answer, aim);
  const isManaged = summary?.isManaged ?? false;
  const isTold = isHeard(answer);
  const toolbar = (
    <>
      <TimeChoice answer={answer} aim={aim} onAim={setAim} />
      <CopyButtons cluster={cluster} answer={answer} />
      <CaptureNow
        cluster={cluster}
        disabledWhy={
          isManaged ? "Writes can be counted on etcd’s watch only, and this cluster has no access to etcd" : null
        }
      />
    </>
  );
  return (
    <>
      <TriageHeading headline={isTold ? answer.headline : NOBODY_WATCHED} />
      {isManaged && <ManagedBanner cluster={cluster} />}
      {isTold ? (
        <AxisPanel answer={answer} toolbar={toolbar} onDragged={choose} />
      ) : (
        <Panel title="Nobody watched" actions={toolbar}>
          <NothingHeard cluster={cluster} />
        </Panel>
      )}
      <div className={`grid two ${styles.side}`}>
        <VerdictsPanel cluster={cluster} answer={answer} />
        <div className="page">
          <MoversTable cluster={cluster} answer={answer} />
          <TriageSources cluster={cluster} sources={answer.sources} />
        </div>
      </div>
      <HappenedPanel cluster={cluster} range={{ from: answer.calm.from, to: answer.window.to }} />
      {!isManaged && <CapturesTable cluster={cluster} />}
    </>
  );
}

/** Checks that need no time, such as of the version, say nothing of one that nobody watched. */
const NOBODY_WATCHED: TriageAnswer["headline"] = {
  tone: "unknown",
  title: "Nobody watched in this time",
  lede: "Why it was slow, or whether it was, cannot be said without figures of the window.",
};

function ManagedBanner({ cluster }: { cluster: string }) {
  return (
    <Banner
      tone="info"
      action={
        <LinkButton small href={sourcesHref(cluster)} prefetch={false}>
          Its sources
        </LinkButton>
      }
    >
      <b>Without access to etcd.</b> Disks, members, quorum and single keys cannot be judged; what the apiservers and
      their audit events tell can.
    </Banner>
  );
}

function NothingHeard({ cluster }: { cluster: string }) {
  return (
    <Empty
      title="No source told anything of this time"
      action={
        <LinkButton kind="primary" href={sourcesHref(cluster)} prefetch={false}>
          Open its sources
        </LinkButton>
      }
    >
      The keyspace is watched and the members are asked by themselves once the cluster can be reached; metrics, audit
      events and etcd’s log add what they know. Choose another window, or wait for the first minutes.
    </Empty>
  );
}
