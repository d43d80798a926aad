"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { toFieldFault } from "@/components/settings/cluster-requests";
import { createToken } from "@/components/settings/sources/source-requests";
import styles from "@/components/settings/sources/sources.module.css";
import { listSnippets, type SnippetSet } from "@/components/settings/sources/token-snippets";
import { TextField } from "@/components/settings/text-field";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { CodeBlock, CopyButton } from "@/components/ui/code-block";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { type CreatedToken, tokensOptions } from "@/lib/api/sources";

/** Makes a token, shows its secret this once, and what to do with it. */
export function CreateTokenDialog({ cluster, onClose }: { cluster: string; onClose(): void }) {
  const [name, setName] = useState("");
  const formId = useId();
  const client = useQueryClient();
  const { queryKey } = tokensOptions(cluster);
  const create = useMutation({
    mutationFn: () => createToken(cluster, name.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  const fault = toFieldFault(create.error);
  const created = create.data;
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={created === undefined ? "Create an ingest token" : `Token ${created.name}`}
      description={
        created === undefined
          ? `Whoever shows it may send events of ${cluster}, and nothing else.`
          : "Copy it now: only its hash is kept, and it is not shown again."
      }
      footer={
        created === undefined ? (
          <>
            <span className="grow" />
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" form={formId} disabled={name.trim() === ""} busy={create.isPending}>
              Create
            </Button>
          </>
        ) : (
          <>
            <span className="grow" />
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          </>
        )
      }
    >
      {created === undefined ? (
        <form
          id={formId}
          className="settings-form"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <TextField
            label="Name"
            placeholder="apiservers of prod-eu-1"
            required
            hint="Who will use it. It can be revoked by this name."
            value={name}
            onChange={setName}
            error={fault?.field === "name" ? fault.text : null}
          />
          {fault?.field !== "name" && <ProblemNote error={create.error} />}
        </form>
      ) : (
        <Created cluster={cluster} created={created} />
      )}
    </Dialog>
  );
}

function Created({ cluster, created }: { cluster: string; created: CreatedToken }) {
  const { origin } = window.location; // drawn after a click: never on the server
  const sets = listSnippets({ cluster, origin, token: created.token });
  const [chosen, setChosen] = useState<SnippetSet["id"]>("audit");
  const set = sets.find(({ id }) => id === chosen) ?? sets[0];
  return (
    <div className="settings-form">
      <div className={styles.secret}>
        <code data-testid="token">{created.token}</code>
        <CopyButton label="the token" text={created.token} />
      </div>
      {!origin.startsWith("https:") && (
        <Banner tone="warn">
          <b>This page came over plain HTTP.</b> Put etcdscope behind TLS before a token crosses a network you do not
          trust, and use that address below.
        </Banner>
      )}
      <Segmented<SnippetSet["id"]>
        label="What will use it"
        value={chosen}
        options={sets.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setChosen}
      />
      {set !== undefined && (
        <>
          <p className="muted">{set.lede}</p>
          {set.snippets.map(({ label, text }) => (
            <div key={label} className={styles.snippet}>
              <h3>{label}</h3>
              <CodeBlock label={label} text={text} />
            </div>
          ))}
        </>
      )}
    </div>
  );
}
