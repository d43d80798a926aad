"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { History, Pencil, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { removeWebhook, testWebhook, type WebhookRow, webhooksOptions } from "@/lib/api/webhooks";

/** Try it, look what was sent, change it, remove it. */
export function WebhookActions(props: {
  webhook: WebhookRow;
  onEdit(webhook: WebhookRow): void;
  onShow(webhook: WebhookRow): void;
}) {
  const { webhook, onEdit, onShow } = props;
  const test = useMutation({ mutationFn: () => testWebhook(webhook.id) });
  return (
    <span className="cluster-actions">
      {(test.data !== undefined || test.error !== null) && (
        <span
          role="status"
          className={test.data?.ok ? "muted" : "field-error"}
          title={test.error?.message ?? test.data?.text}
        >
          {test.error?.message ?? test.data?.text}
        </span>
      )}
      <Button
        small
        kind="quiet"
        aria-label={`Test ${webhook.name}`}
        busy={test.isPending}
        onClick={() => test.mutate()}
      >
        {!test.isPending && <Send size={13} aria-hidden="true" />}
        Test
      </Button>
      <Button small kind="quiet" aria-label={`Sent to ${webhook.name}`} onClick={() => onShow(webhook)}>
        <History size={13} aria-hidden="true" />
        Sent
      </Button>
      <Button small kind="quiet" aria-label={`Change ${webhook.name}`} onClick={() => onEdit(webhook)}>
        <Pencil size={13} aria-hidden="true" />
        Change
      </Button>
      <RemoveButton webhook={webhook} />
    </span>
  );
}

/** Asks once more: what waits for it goes too. */
function RemoveButton({ webhook }: { webhook: WebhookRow }) {
  const [isAsking, setAsking] = useState(false);
  const client = useQueryClient();
  const { queryKey } = webhooksOptions();
  const remove = useMutation({
    mutationFn: () => removeWebhook(webhook.id),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  return (
    <>
      {remove.error !== null && (
        <span className="field-error" role="alert">
          {remove.error.message}
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
        busy={remove.isPending}
        aria-label={`${isAsking ? "Really remove" : "Remove"} ${webhook.name}`}
        onClick={() => (isAsking ? remove.mutate() : setAsking(true))}
      >
        {!remove.isPending && <Trash2 size={13} aria-hidden="true" />}
        {isAsking ? "Really remove" : "Remove"}
      </Button>
    </>
  );
}
