"use client";

import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Drill } from "@/app/clusters/[cluster]/keyspace/use-drill";
import styles from "@/components/keyspace/keyspace.module.css";
import { type KeyspaceState, PAGE_ROWS, tableParams } from "@/components/keyspace/keyspace-search";
import { prefixColumns } from "@/components/keyspace/prefix-columns";
import { rowId } from "@/components/keyspace/tiles";
import { useUrlState } from "@/components/shell/use-url-state";
import { DataTable } from "@/components/tables/data-table";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { Skeleton } from "@/components/ui/skeleton";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import type { PrefixesAnswer } from "@/lib/api/prefixes";
import { parentOf } from "@/lib/model/prefix-parts";
import { formatCount } from "@/lib/model/units";

/** The children of a prefix as a table the server sorts, page after page. */
export function ChildrenTable(props: {
  cluster: string;
  parent: string;
  state: KeyspaceState;
  pages: UseInfiniteQueryResult<InfiniteData<PrefixesAnswer>>;
  drill: Drill;
}) {
  const { cluster, parent, state, pages, drill } = props;
  const { patch } = useUrlState();
  const answers = pages.data?.pages;
  const first = answers?.[0];
  const rows = useMemo(() => answers?.flatMap(({ items }) => items) ?? [], [answers]);
  const columns = prefixColumns({
    parent,
    clockSince: first?.clockSince ?? null,
    historyReason: first?.historyReason ?? null,
    about: state.area === "history" ? "history" : "now",
    hrefOf: drill.hrefOf,
    onOpen: drill.open,
  });
  if (first === undefined) return pages.error === null ? <Skeleton height={340} /> : null;
  return (
    <DataTable
      label={parent === "" ? "Roots of the keyspace" : "Children"}
      title={parent === "" ? "Roots of the keyspace" : <ChildrenOf parent={parent} />}
      note={
        <OriginNote origin={first.state === "live" ? "exact" : "estimated"} at={first.at} revision={first.revision}>
          {first.state === "live" ? "exact" : "last known"}
          {first.revision !== null && <> at revision {formatCount(first.revision)}</>}
        </OriginNote>
      }
      rows={rows}
      columns={columns}
      rowKey={rowId}
      sort={{ column: state.sort, order: state.order }}
      onSort={({ column, order }) => patch({ sort: column, order })}
      filterText={(row) => row.prefix}
      exportHref={(format) => clusterPath(cluster, "/prefixes") + toSearch({ ...tableParams(state), format })}
      onActivate={drill.open}
      onBack={() => parent !== "" && drill.openPrefix(parentOf(parent))}
      empty={<Empty title="Nothing below">This prefix has no children.</Empty>}
      footer={first.nextCursor === null ? undefined : <LoadMore pages={pages} />}
    />
  );
}

function ChildrenOf({ parent }: { parent: string }) {
  return (
    <>
      Children of <KeyName text={parent} fit="middle" />
    </>
  );
}

function LoadMore({ pages }: { pages: UseInfiniteQueryResult<InfiniteData<PrefixesAnswer>> }) {
  if (!pages.hasNextPage) return "These are all.";
  return (
    <div className={styles.foot}>
      <Button small busy={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
        Load {PAGE_ROWS} more
      </Button>
      <span className="faint">The export holds all of them.</span>
    </div>
  );
}
