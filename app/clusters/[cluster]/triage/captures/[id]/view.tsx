"use client";

import { useQuery } from "@tanstack/react-query";
import { CaptureProgress } from "@/components/captures/capture-progress";
import { CaptureReport } from "@/components/captures/capture-report";
import { captureLede, captureSentence } from "@/components/captures/capture-words";
import { clusterHref } from "@/components/shell/cluster-href";
import { LinkButton } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { type CaptureAnswer, captureOptions } from "@/lib/api/captures";

/** One capture: how far it is, then what it found. */
export function CaptureView({ cluster, id }: { cluster: string; id: string }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(captureOptions(cluster, id));
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <PageSkeleton label="Loading the capture" />}
      {data !== undefined && <Known cluster={cluster} capture={data} />}
    </div>
  );
}

function Known({ cluster, capture }: { cluster: string; capture: CaptureAnswer }) {
  const isUnderWay = capture.state === "waiting" || capture.state === "running";
  return (
    <>
      <div className="answer">
        <div>
          <h1>{captureSentence(capture)}</h1>
          <p className="lede">
            {captureLede(capture)} Asked for <Time at={capture.askedAt} />.
          </p>
        </div>
        <WindowLink cluster={cluster} capture={capture} />
      </div>
      {isUnderWay && (
        <Panel title="Under way">
          <CaptureProgress capture={capture} />
        </Panel>
      )}
      {capture.summary !== null && <CaptureReport cluster={cluster} report={capture} />}
    </>
  );
}

/** The triage of the seconds of the capture. */
function WindowLink({ cluster, capture: { startedAt, endedAt } }: { cluster: string; capture: CaptureAnswer }) {
  if (startedAt === null || endedAt === null) return null;
  return (
    <LinkButton small href={clusterHref(cluster, "triage", { from: startedAt, to: endedAt })} prefetch={false}>
      Triage of this time
    </LinkButton>
  );
}
