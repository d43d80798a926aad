"use client";

import type { FieldFault } from "@/components/settings/cluster-requests";
import { KIND_WORDS, SEVERITY_WORDS } from "@/components/settings/notifications/notification-words";
import styles from "@/components/settings/notifications/notifications.module.css";
import type { WebhookDraft } from "@/components/settings/notifications/webhook-draft";
import { TextField } from "@/components/settings/text-field";
import { Segmented } from "@/components/ui/segmented";
import type { WebhookRow } from "@/lib/api/webhooks";
import { FINDING_SEVERITIES, WEBHOOK_KINDS, type WebhookKind } from "@/lib/model/notifications";

const URL_HINTS: Record<WebhookKind, { placeholder: string; hint: string }> = {
  slack: {
    placeholder: "https://hooks.example.com/services/…",
    hint: "The URL of an incoming webhook, of Slack or of what takes the same.",
  },
  alertmanager: {
    placeholder: "http://alertmanager.example.com:9093",
    hint: "Its address; /api/v2/alerts is added. What goes on is told every two minutes.",
  },
  json: { placeholder: "https://receiver.example.com/etcdscope", hint: "It is sent a POST with a JSON object." },
};

/** The fields of a webhook. */
export function WebhookFields(props: {
  webhook: WebhookRow | null;
  draft: WebhookDraft;
  clusters: readonly string[];
  fault: FieldFault | null;
  onChange(draft: WebhookDraft): void;
}) {
  const { webhook, draft, clusters, fault, onChange } = props;
  const faultOf = (field: string) => (fault?.field === field ? fault.text : null);
  const set = (change: Partial<WebhookDraft>) => onChange({ ...draft, ...change });
  const { placeholder, hint } = URL_HINTS[draft.kind];
  return (
    <>
      <Segmented
        label="Kind"
        value={draft.kind}
        options={WEBHOOK_KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind] }))}
        onChange={(kind) => set({ kind })}
      />
      <TextField
        label="Name"
        placeholder="on-call channel"
        required
        value={draft.name}
        onChange={(name) => set({ name })}
        error={faultOf("name")}
      />
      <TextField
        label={webhook === null ? "URL" : `URL (one of ${webhook.host ?? "an unknown host"} is stored)`}
        placeholder={placeholder}
        required={webhook === null}
        mono
        hint={webhook === null ? hint : "Empty: it stays. A stored URL is not shown again."}
        value={draft.url}
        onChange={(url) => set({ url })}
        error={faultOf("url")}
      />
      <TextField
        label={webhook?.hasAuthorization ? "Authorization header (one is stored)" : "Authorization header"}
        type="password"
        placeholder="Bearer …"
        hint={webhook?.hasAuthorization ? "Empty: it stays." : "Where the receiver asks for one."}
        value={draft.authorization}
        onChange={(authorization) => set({ authorization })}
        error={faultOf("authorization")}
      />
      {webhook?.hasAuthorization && (
        <Check
          label="Remove the stored header"
          checked={draft.removesAuthorization}
          onChange={(removesAuthorization) => set({ removesAuthorization })}
        />
      )}
      <Segmented
        label="Findings"
        value={draft.leastSeverity}
        options={FINDING_SEVERITIES.map((severity) => ({ value: severity, label: SEVERITY_WORDS[severity] }))}
        onChange={(leastSeverity) => set({ leastSeverity })}
      />
      <Check
        label="Spikes too: of latencies as warnings, of rates as info"
        checked={draft.sendsSpikes}
        onChange={(sendsSpikes) => set({ sendsSpikes })}
      />
      <ClusterChoice {...{ draft, clusters, set, error: faultOf("clusters") }} />
      <Check label="Switched on" checked={draft.enabled} onChange={(enabled) => set({ enabled })} />
    </>
  );
}

function ClusterChoice(props: {
  draft: WebhookDraft;
  clusters: readonly string[];
  error: string | null;
  set(change: Partial<WebhookDraft>): void;
}) {
  const { draft, clusters, error, set } = props;
  const chosen = draft.clusters;
  return (
    <fieldset className={styles.clusters}>
      <legend>Clusters</legend>
      <Check
        label="All, also those added later"
        checked={chosen === null}
        onChange={(isAll) => set({ clusters: isAll ? null : [...clusters] })}
      />
      {chosen !== null &&
        clusters.map((name) => (
          <Check
            key={name}
            label={name}
            checked={chosen.includes(name)}
            onChange={(isIn) => set({ clusters: isIn ? [...chosen, name] : chosen.filter((one) => one !== name) })}
          />
        ))}
      {error !== null && (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange(checked: boolean): void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
