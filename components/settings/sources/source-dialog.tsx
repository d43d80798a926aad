"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { toFieldFault } from "@/components/settings/cluster-requests";
import { type SourceDraft, toDraft, toSourceInput } from "@/components/settings/sources/source-draft";
import { SourceFields } from "@/components/settings/sources/source-fields";
import { patchSource } from "@/components/settings/sources/source-requests";
import { SOURCE_WORDS } from "@/components/settings/sources/source-words";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { toSentence } from "@/components/ui/sentence";
import { type SourceRow, sourcesOptions } from "@/lib/api/sources";

/** Sets up a source: where it is read, and with what. */
export function SourceDialog({ cluster, row, onClose }: { cluster: string; row: SourceRow; onClose(): void }) {
  const [draft, setDraft] = useState<SourceDraft>(() => toDraft(row));
  const formId = useId();
  const client = useQueryClient();
  const { queryKey } = sourcesOptions(cluster);
  const save = useMutation({
    // What someone sets up, they want to hear: it is switched on with it.
    mutationFn: () => patchSource(cluster, row.source, { ...toSourceInput(draft, row), enabled: true }),
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
      title={`Set up: ${SOURCE_WORDS[row.source]}`}
      description={toSentence(row.tells)}
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
        <SourceFields row={row} draft={draft} onChange={setDraft} fault={fault} />
        {save.error !== null && !(fault !== null && fault.field in draft) && <ProblemNote error={save.error} />}
      </form>
    </Dialog>
  );
}
