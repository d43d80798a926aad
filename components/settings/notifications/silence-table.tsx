"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { BellOff } from "lucide-react";
import { silenceWords } from "@/components/settings/notifications/notification-words";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Time } from "@/components/ui/time";
import { removeSilence, type SilenceRow, silencesOptions } from "@/lib/api/webhooks";

/** What is not told for a while, and how to tell it again. */
export function SilenceTable(props: { silences: readonly SilenceRow[]; hasClusters: boolean; onAdd(): void }) {
  return (
    <DataTable
      label="Silences"
      rows={props.silences}
      columns={COLUMNS}
      rowKey={(row) => row.id}
      actions={
        props.hasClusters && (
          <Button small onClick={props.onAdd}>
            <BellOff size={13} aria-hidden="true" />
            Add a silence
          </Button>
        )
      }
      empty={
        <Empty title="Nothing is silenced">
          During planned work a silence keeps a cluster, or one rule of it, from being told. It ends by itself.
        </Empty>
      }
    />
  );
}

const COLUMNS: readonly Column<SilenceRow>[] = [
  { id: "cluster", header: "Cluster", width: 190, value: (row) => row.cluster },
  { id: "what", header: "What", width: 240, value: silenceWords },
  { id: "reason", header: "Why", value: (row) => row.reason },
  {
    id: "until",
    header: "Until",
    width: 150,
    value: (row) => row.until,
    cell: (row) => <Time at={row.until} style="minute" />,
  },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    width: 120,
    sortable: false,
    exported: false,
    value: () => null,
    cell: (row) => <EndButton silence={row} />,
  },
];

function EndButton({ silence }: { silence: SilenceRow }) {
  const client = useQueryClient();
  const { queryKey } = silencesOptions();
  const end = useMutation({
    mutationFn: () => removeSilence(silence),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  return (
    <span className="cluster-actions">
      {end.error !== null && (
        <span className="field-error" role="alert">
          {end.error.message}
        </span>
      )}
      <Button
        small
        kind="quiet"
        busy={end.isPending}
        aria-label={`End the silence of ${silence.cluster}: ${silenceWords(silence)}`}
        onClick={() => end.mutate()}
      >
        End it
      </Button>
    </span>
  );
}
