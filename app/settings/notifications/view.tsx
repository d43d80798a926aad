"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { notificationsAnswer } from "@/components/settings/notifications/notification-words";
import { SilenceTable } from "@/components/settings/notifications/silence-table";
import { WebhookTable } from "@/components/settings/notifications/webhook-table";
import { Button } from "@/components/ui/button";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton, Skeleton } from "@/components/ui/skeleton";
import { clustersOptions } from "@/lib/api/clusters";
import { silencesOptions, type WebhookRow, webhooksOptions } from "@/lib/api/webhooks";

// Opened rarely; their code comes when they are.
const WebhookDialog = dynamic(() =>
  import("@/components/settings/notifications/webhook-dialog").then((module) => module.WebhookDialog),
);
const SilenceDialog = dynamic(() =>
  import("@/components/settings/notifications/silence-dialog").then((module) => module.SilenceDialog),
);
const DeliveriesDialog = dynamic(() =>
  import("@/components/settings/notifications/deliveries-dialog").then((module) => module.DeliveriesDialog),
);

type Opened =
  | { dialog: "webhook"; webhook: WebhookRow | null }
  | { dialog: "deliveries"; webhook: WebhookRow }
  | { dialog: "silence" };

/** The webhooks and how they do; the silences that hold. */
export function NotificationsView() {
  const webhooks = useQuery(webhooksOptions());
  const silences = useQuery(silencesOptions());
  const clusters = useQuery(clustersOptions()).data?.items.map(({ name }) => name) ?? [];
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const note = (
    <ProblemNote error={webhooks.error} dataAtMs={webhooks.dataUpdatedAt} onRetry={() => webhooks.refetch()} />
  );
  if (webhooks.data === undefined) {
    return webhooks.error === null ? <PageSkeleton label="Loading who is told" /> : note;
  }
  const answer = notificationsAnswer(webhooks.data.items, silences.data?.items ?? []);
  return (
    <div className="page">
      {note}
      <div className="answer">
        <div>
          <h1>{answer.title}</h1>
          <p className="lede">{answer.lede}</p>
        </div>
        <Button kind="primary" onClick={() => setOpened({ dialog: "webhook", webhook: null })}>
          <Plus size={14} aria-hidden="true" />
          Add a webhook
        </Button>
      </div>
      <WebhookTable
        webhooks={webhooks.data.items}
        onEdit={(webhook) => setOpened({ dialog: "webhook", webhook })}
        onShow={(webhook) => setOpened({ dialog: "deliveries", webhook })}
      />
      <ProblemNote error={silences.error} dataAtMs={silences.dataUpdatedAt} onRetry={() => silences.refetch()} />
      {silences.data === undefined ? (
        silences.error === null && <Skeleton height={120} />
      ) : (
        <SilenceTable
          silences={silences.data.items}
          hasClusters={clusters.length > 0}
          onAdd={() => setOpened({ dialog: "silence" })}
        />
      )}
      {opened?.dialog === "webhook" && <WebhookDialog webhook={opened.webhook} clusters={clusters} onClose={close} />}
      {opened?.dialog === "deliveries" && <DeliveriesDialog webhook={opened.webhook} onClose={close} />}
      {opened?.dialog === "silence" && <SilenceDialog clusters={clusters} onClose={close} />}
    </div>
  );
}
