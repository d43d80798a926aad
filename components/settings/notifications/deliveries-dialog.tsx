"use client";

import { useQuery } from "@tanstack/react-query";
import { deliveryWords } from "@/components/settings/notifications/notification-words";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Empty } from "@/components/ui/empty";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { type DeliveryRow, deliveriesOptions, type WebhookRow } from "@/lib/api/webhooks";

/** What was sent to a webhook, or waits, and why it failed. */
export function DeliveriesDialog({ webhook, onClose }: { webhook: WebhookRow; onClose(): void }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(deliveriesOptions(webhook.id));
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={`Sent to ${webhook.name}`}
      description="The newest first, of the last 30 days. What is not taken is tried again for 24 hours."
      footer={
        <>
          <span className="grow" />
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined ? (
        error === null && <Skeleton height={160} />
      ) : (
        <DataTable
          label="Notifications"
          rows={data.items}
          columns={COLUMNS}
          rowKey={(row) => row.id}
          empty={<Empty title="Nothing was sent yet">Nothing it is told of has happened since it was added.</Empty>}
        />
      )}
    </Dialog>
  );
}

const COLUMNS: readonly Column<DeliveryRow>[] = [
  {
    id: "createdAt",
    header: "At",
    width: 130,
    value: (row) => row.createdAt,
    cell: (row) => <Time at={row.createdAt} style="minute" />,
  },
  { id: "cluster", header: "Cluster", width: 110, value: (row) => row.cluster },
  {
    id: "title",
    header: "What",
    value: (row) => row.title,
    cell: (row) => (
      <span title={row.title}>
        {row.change === "closed" ? "Over: " : ""}
        {row.title}
      </span>
    ),
  },
  {
    id: "state",
    header: "State",
    width: 230,
    value: deliveryWords,
    cell: (row) => <span title={row.error ?? undefined}>{deliveryWords(row)}</span>,
  },
];
