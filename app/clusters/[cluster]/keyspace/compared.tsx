"use client";

import { useQuery } from "@tanstack/react-query";
import { ChangeTable } from "@/app/clusters/[cluster]/keyspace/change-table";
import type { Drill } from "@/app/clusters/[cluster]/keyspace/use-drill";
import { CompareHeading } from "@/components/keyspace/compare-answer";
import { CompareMap } from "@/components/keyspace/compare-map";
import { CompareNothing } from "@/components/keyspace/compare-nothing";
import { compareParams, readStatus } from "@/components/keyspace/compare-search";
import { compareRowId, findDominantChange } from "@/components/keyspace/compare-tiles";
import { type KeyspaceState, toParent } from "@/components/keyspace/keyspace-search";
import { useUrlState } from "@/components/shell/use-url-state";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type CompareAnswer, type CompareRow, compareOptions } from "@/lib/api/compare";
import { parentOf } from "@/lib/model/prefix-parts";

/** The keyspace below a prefix at two instants. */
export function KeyspaceCompared(props: { cluster: string; state: KeyspaceState; compare: string; drill: Drill }) {
  const { cluster, state, compare, drill } = props;
  const { params, patch } = useUrlState();
  const when = { compare, to: state.range.to };
  const query = useQuery(compareOptions(cluster, compareParams(toParent(state.chosen), when)));
  const answer = query.data;
  const dominant = findDominantChange(answer);
  const below = useQuery({
    ...compareOptions(cluster, compareParams(toParentOf(dominant), when)),
    enabled: dominant !== null,
  });
  const seen = lookThrough(answer, dominant, below.data);
  const parent = answer?.parent ?? null;
  const hrefOf = (row: CompareRow) => (row.hasChildren ? drill.hrefOfPrefix(row.prefix, row.prefixBase64) : null);
  const onOpen = (row: CompareRow) => {
    if (row.hasChildren) drill.openPrefix(row.prefix, row.prefixBase64);
  };
  const onUp = () => parent !== null && parent.prefix !== "" && drill.openPrefix(parentOf(parent.prefix));
  return (
    <>
      <ProblemNote error={query.error} dataAtMs={answer && query.dataUpdatedAt} onRetry={() => query.refetch()} />
      {answer === undefined && query.error === null && <PageSkeleton label="Comparing" />}
      {answer !== undefined && parent === null && (
        <CompareNothing
          answer={answer}
          prefix={state.chosen.prefix}
          parentHref={drill.hrefOfPrefix(parentOf(state.chosen.prefix))}
          onCompare={(at) => patch({ compare: at }, { push: true })}
        />
      )}
      {answer !== undefined && parent !== null && (
        <>
          <CompareHeading
            cluster={cluster}
            answer={answer}
            parent={parent}
            rows={seen.rows}
            isNow={state.range.to === undefined}
          />
          <CompareMap {...seen} parent={parent.prefix} hrefOf={hrefOf} onOpen={onOpen} onUp={onUp} />
          <ChangeTable
            cluster={cluster}
            answer={answer}
            parent={parent}
            question={[toParent(state.chosen), when]}
            status={readStatus(params)}
            onStatus={(change) => patch({ change })}
            hrefOf={hrefOf}
            onOpen={onOpen}
            onUp={onUp}
          />
        </>
      )}
    </>
  );
}

function toParentOf(row: CompareRow | null) {
  const { prefix, prefixBase64: base64 } = row ?? { prefix: "", prefixBase64: null };
  return toParent({ prefix, ...(base64 === null ? {} : { prefixBase64: base64 }) });
}

/** The rows with the dominant one replaced by its own children, the largest change first, once they are there. */
function lookThrough(answer: CompareAnswer | undefined, dominant: CompareRow | null, below: CompareAnswer | undefined) {
  const rows = answer?.items ?? [];
  if (dominant === null || below?.parent?.prefix !== dominant.prefix) return { rows, seenThrough: null };
  const others = rows.filter((row) => compareRowId(row) !== compareRowId(dominant));
  const all = [...others, ...below.items].sort((a, b) => Math.abs(b.changeBytes) - Math.abs(a.changeBytes));
  return { rows: all, seenThrough: dominant.prefix };
}
