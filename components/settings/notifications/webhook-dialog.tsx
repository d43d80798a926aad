"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { toFieldFault } from "@/components/settings/cluster-requests";
import { toWebhookDraft, toWebhookInput, toWebhookPatch } from "@/components/settings/notifications/webhook-draft";
import { WebhookFields } from "@/components/settings/notifications/webhook-fields";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { addWebhook, patchWebhook, type WebhookRow, webhooksOptions } from "@/lib/api/webhooks";

/** Adds a webhook, or changes one. */
export function WebhookDialog(props: { webhook: WebhookRow | null; clusters: readonly string[]; onClose(): void }) {
  const { webhook, clusters, onClose } = props;
  const [draft, setDraft] = useState(() => toWebhookDraft(webhook));
  const formId = useId();
  const client = useQueryClient();
  const { queryKey } = webhooksOptions();
  const save = useMutation({
    mutationFn: () =>
      webhook === null ? addWebhook(toWebhookInput(draft)) : patchWebhook(webhook.id, toWebhookPatch(draft)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  const fault = toFieldFault(save.error);
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={webhook === null ? "Add a webhook" : `Change ${webhook.name}`}
      description="What goes on already is told when it is added. The URL is kept sealed and never shown again."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={formId} busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <WebhookFields {...{ webhook, draft, clusters, fault }} onChange={setDraft} />
        {save.error !== null && !(fault !== null && fault.field in draft) && <ProblemNote error={save.error} />}
      </form>
    </Dialog>
  );
}
