"use client";

import { useMemo } from "react";
import {
  deliveryWords,
  isFailing,
  KIND_WORDS,
  SEVERITY_WORDS,
} from "@/components/settings/notifications/notification-words";
import { WebhookActions } from "@/components/settings/notifications/webhook-actions";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import { Age } from "@/components/ui/time";
import type { WebhookRow } from "@/lib/api/webhooks";

/** The webhooks, what each is told, how its last notification went, and what can be done. */
export function WebhookTable(props: {
  webhooks: readonly WebhookRow[];
  onEdit(webhook: WebhookRow): void;
  onShow(webhook: WebhookRow): void;
}) {
  const { webhooks, onEdit, onShow } = props;
  const columns = useMemo(
    () => [
      ...COLUMNS,
      {
        id: "actions",
        header: "Actions",
        hideHeader: true,
        width: 400,
        sortable: false,
        exported: false,
        value: () => null,
        cell: (webhook: WebhookRow) => <WebhookActions webhook={webhook} onEdit={onEdit} onShow={onShow} />,
      },
    ],
    [onEdit, onShow],
  );
  return (
    <DataTable
      label="Webhooks"
      rows={webhooks}
      columns={columns}
      rowKey={(webhook) => webhook.id}
      empty={
        <Empty title="No webhook yet">
          Add a Slack channel, an Alertmanager, or anything that takes JSON. Findings are also under{" "}
          <code>/metrics</code> for Prometheus.
        </Empty>
      }
    />
  );
}

const COLUMNS: readonly Column<WebhookRow>[] = [
  {
    id: "name",
    header: "Name",
    width: 170,
    value: (webhook) => webhook.name,
    cell: (webhook) => (
      <span className="fleet-name">
        {webhook.name}
        {!webhook.enabled && <Badge>off</Badge>}
      </span>
    ),
  },
  {
    id: "kind",
    header: "Kind",
    width: 110,
    value: (webhook) => KIND_WORDS[webhook.kind],
  },
  {
    id: "told",
    header: "Is told",
    hint: "Spikes of latencies are warnings, spikes of rates are info.",
    width: 220,
    value: describeTold,
    cell: (webhook) => <span title={webhook.clusters?.join("\n")}>{describeTold(webhook)}</span>,
  },
  {
    id: "last",
    header: "Last notification",
    value: (webhook) => (webhook.last === null ? null : deliveryWords(webhook.last)),
    cell: (webhook) => <LastDelivery webhook={webhook} />,
  },
];

function LastDelivery({ webhook }: { webhook: WebhookRow }) {
  const { fault, last } = webhook;
  if (fault !== null) return <span className="field-error">{fault}</span>;
  if (last === null) return <span className="faint">none yet</span>;
  return (
    <span title={`${last.title}${last.error === null ? "" : `\n${last.error}`}`}>
      <Badge tone={isFailing(webhook) ? "bad" : last.state === "sent" ? "good" : "neutral"}>
        {deliveryWords(last)}
      </Badge>{" "}
      <Age at={last.sentAt ?? last.createdAt} /> ago
    </span>
  );
}

function describeTold({ clusters, leastSeverity, sendsSpikes }: WebhookRow): string {
  const where =
    clusters === null ? "all clusters" : clusters.length === 1 ? clusters[0] : `${clusters.length} clusters`;
  return `${SEVERITY_WORDS[leastSeverity]}${sendsSpikes ? "" : ", no spikes"}, ${where}`;
}
