"use client";

import { useQuery } from "@tanstack/react-query";
import { RevisionsTable } from "@/app/clusters/[cluster]/keyspace/key/revisions-table";
import { Breadcrumb } from "@/components/keyspace/breadcrumb";
import { KeyFacts } from "@/components/keyspace/key-facts";
import styles from "@/components/keyspace/keyspace.module.css";
import { PlaceSentence } from "@/components/keyspace/keyspace-words";
import { prefixSearch, readKeyParams } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { Age, Time } from "@/components/ui/time";
import { type KeyAnswer, keyOptions } from "@/lib/api/keys";
import { parentOf } from "@/lib/model/prefix-parts";
import { formatBytes, formatCount } from "@/lib/model/units";

/** Longer keys do not fit into a heading. */
const LONG_KEY = 200;

/** The page of one key. */
export function KeyView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const hrefOf = useClusterHref();
  const asked = readKeyParams(params);
  const query = useQuery({ ...keyOptions(cluster, asked ?? {}), enabled: asked !== null });
  const answer = query.data;
  const text = answer?.key ?? asked?.key ?? "";
  if (asked === null) {
    return (
      <Empty
        title="No key chosen"
        action={
          <LinkButton href={hrefOf(cluster, "keyspace")} prefetch={false}>
            Open Keyspace
          </LinkButton>
        }
      >
        Find one by its prefix in Keyspace, or among the top keys.
      </Empty>
    );
  }
  return (
    <div className="page">
      <Breadcrumb text={text} hrefOf={(prefix) => hrefOf(cluster, "keyspace", prefixSearch(prefix))} />
      <ProblemNote error={query.error} dataAtMs={query.dataUpdatedAt} onRetry={() => query.refetch()} />
      {answer === undefined && query.error === null && <PageSkeleton label="Loading this key" />}
      {answer !== undefined && (
        <>
          {answer.exists ? <KeyHeading answer={answer} /> : <NoSuchKey cluster={cluster} answer={answer} />}
          {answer.exists && <KeyFacts answer={answer} />}
          {answer.revisions.length > 0 && <RevisionsTable answer={answer} />}
        </>
      )}
    </div>
  );
}

function KeyHeading({ answer }: { answer: KeyAnswer }) {
  return (
    <div className="answer">
      <div>
        <h1 className={styles.heading}>
          <KeyName text={answer.key} base64={answer.keyBase64} fit="whole" />
        </h1>
        {answer.key.length > LONG_KEY && (
          <details className={styles.whole}>
            <summary>The whole key, {formatCount(answer.keyBytes)} bytes</summary>
            <KeyName text={answer.key} base64={answer.keyBase64} fit="whole" />
          </details>
        )}
        <p className="lede">
          <PlaceSentence text={answer.key} />
          {formatBytes(answer.valueBytes ?? 0)} of value, written{" "}
          {answer.version === 1 ? "once" : `${formatCount(answer.version ?? 0)} times`} since it was created
          {answer.modifiedAt !== null ? (
            <>
              , last <Age at={answer.modifiedAt} /> ago.
            </>
          ) : answer.clockSince !== null ? (
            <>
              , last before <Time at={answer.clockSince} style="minute" />, when the revision clock begins.
            </>
          ) : (
            "."
          )}
          {answer.leaseId !== null && " It goes when its lease ends."} Its value is never read.
        </p>
      </div>
    </div>
  );
}

function NoSuchKey({ cluster, answer }: { cluster: string; answer: KeyAnswer }) {
  const hrefOf = useClusterHref();
  const parent = parentOf(answer.key);
  return (
    <Empty
      title="There is no such key now"
      action={
        <LinkButton href={hrefOf(cluster, "keyspace", prefixSearch(parent))} prefetch={false}>
          Look one level up
        </LinkButton>
      }
    >
      <KeyName text={answer.key} fit="whole" /> does not exist at revision {formatCount(answer.revision)}: it was
      deleted, has expired with its lease, or is spelled differently.
      {answer.revisions.length > 0 && " What compaction has left of it is listed below."}
    </Empty>
  );
}
