"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, KeyRound } from "lucide-react";
import { useMemo, useState } from "react";
import { CreateTokenDialog } from "@/components/settings/sources/create-token-dialog";
import { revokeToken } from "@/components/settings/sources/source-requests";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { Age, Time } from "@/components/ui/time";
import { type TokenRow, tokensOptions } from "@/lib/api/sources";

/** Who may send events of a cluster; how to let someone, and how to stop them. */
export function TokenTable({ cluster }: { cluster: string }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(tokensOptions(cluster));
  const [isCreating, setCreating] = useState(false);
  const columns = useMemo(() => [...COLUMNS, revocation(cluster)], [cluster]);
  return (
    <div className="page" id="tokens">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined ? (
        error === null && <Skeleton height={160} />
      ) : (
        <DataTable
          label="Ingest tokens"
          rows={data.items}
          columns={columns}
          rowKey={(row) => row.id}
          actions={
            <Button small kind="primary" onClick={() => setCreating(true)}>
              <KeyRound size={13} aria-hidden="true" />
              Create a token
            </Button>
          }
          empty={
            <Empty title="No token yet">
              Whoever sends audit events, log lines or connections of this cluster shows a token. Create one for each
              sender, so that each can be revoked alone.
            </Empty>
          }
        />
      )}
      {isCreating && <CreateTokenDialog cluster={cluster} onClose={() => setCreating(false)} />}
    </div>
  );
}

const COLUMNS: readonly Column<TokenRow>[] = [
  { id: "name", header: "Name", value: (row) => row.name },
  {
    id: "state",
    header: "State",
    width: 110,
    value: (row) => (row.revokedAt === null ? "valid" : "revoked"),
    cell: (row) => (row.revokedAt === null ? <Badge tone="good">valid</Badge> : <Badge>revoked</Badge>),
  },
  {
    id: "createdAt",
    header: "Created",
    width: 150,
    value: (row) => row.createdAt,
    cell: (row) => <Time at={row.createdAt} style="minute" />,
  },
  {
    id: "lastUsedAt",
    header: "Last used",
    width: 130,
    value: (row) => row.lastUsedAt,
    cell: (row) =>
      row.lastUsedAt === null ? (
        <span className="faint">never</span>
      ) : (
        <>
          <Age at={row.lastUsedAt} /> ago
        </>
      ),
  },
];

function revocation(cluster: string): Column<TokenRow> {
  return {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    width: 190,
    sortable: false,
    exported: false,
    value: () => null,
    cell: (row) => (row.revokedAt === null ? <RevokeButton cluster={cluster} row={row} /> : null),
  };
}

/** Asks once more: a sender that still uses it is refused at once. */
function RevokeButton({ cluster, row }: { cluster: string; row: TokenRow }) {
  const [isAsking, setAsking] = useState(false);
  const client = useQueryClient();
  const { queryKey } = tokensOptions(cluster);
  const revoke = useMutation({
    mutationFn: () => revokeToken(cluster, row.id),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  return (
    <span className="cluster-actions">
      {revoke.error !== null && (
        <span className="field-error" role="alert" title={revoke.error.message}>
          {revoke.error.message}
        </span>
      )}
      {isAsking && (
        <Button small kind="quiet" onClick={() => setAsking(false)}>
          Keep it
        </Button>
      )}
      <Button
        small
        kind="quiet"
        danger
        busy={revoke.isPending}
        aria-label={`${isAsking ? "Really revoke" : "Revoke"} ${row.name}`}
        onClick={() => (isAsking ? revoke.mutate() : setAsking(true))}
      >
        {!revoke.isPending && <Ban size={13} aria-hidden="true" />}
        {isAsking ? "Really revoke" : "Revoke"}
      </Button>
    </span>
  );
}
