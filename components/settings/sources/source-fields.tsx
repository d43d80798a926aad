"use client";

import type { FieldFault } from "@/components/settings/cluster-requests";
import { PemField } from "@/components/settings/pem-field";
import type { SetSource, SourceDraft } from "@/components/settings/sources/source-draft";
import { SOURCE_FIELDS } from "@/components/settings/sources/source-words";
import { TextField } from "@/components/settings/text-field";

type TextName = Exclude<keyof SourceDraft, "removed">;

interface SourceFieldsProps {
  row: SetSource;
  draft: SourceDraft;
  onChange(draft: SourceDraft): void;
  fault: FieldFault | null;
}

/** The fields of a source; those that do not belong to it are not drawn. */
export function SourceFields({ row, draft, onChange, fault }: SourceFieldsProps) {
  const fields = SOURCE_FIELDS[row.source];
  const bind = (field: TextName) => ({
    value: draft[field],
    onChange: (value: string) => onChange({ ...draft, [field]: value }),
    error: fault?.field === field ? fault.text : null,
  });
  const removal = (what: keyof SourceDraft["removed"]) => ({
    checked: draft.removed[what],
    onChange: (isRemoved: boolean) => onChange({ ...draft, removed: { ...draft.removed, [what]: isRemoved } }),
  });
  return (
    <>
      {fields.includes("urls") && <UrlsField row={row} {...bind("urls")} />}
      {fields.includes("paths") && (
        <TextField
          label="Files to follow"
          rows={2}
          mono
          placeholder={row.source === "audit" ? "/var/log/kubernetes/audit/*.log" : "/var/log/etcd/etcd.log"}
          hint="On the worker's machine, one a line, * for a part of a file's name. Rotated files are followed to their end. None: only what is sent with a token."
          {...bind("paths")}
        />
      )}
      {fields.includes("bearerToken") && (
        <TextField
          label="Bearer token"
          type="password"
          hint={
            row.hasBearerToken
              ? "One is stored; leave this empty to keep it."
              : "Of a service account that may get /metrics. Stored encrypted."
          }
          {...bind("bearerToken")}
        />
      )}
      {fields.includes("bearerToken") && row.hasBearerToken && (
        <Removal label="Forget the stored token" {...removal("bearerToken")} />
      )}
      {fields.includes("tls") && (
        <details className="fieldset" open={isTlsOpen(row, draft, fault) || undefined}>
          <summary>
            TLS <span>CA, client certificate, server name</span>
          </summary>
          <div className="fieldset-body">
            <PemField label={storedLabel("CA certificate", row.hasCa)} {...bind("caPem")} />
            {row.hasCa && <Removal label="Forget the stored CA" {...removal("caPem")} />}
            <PemField label={storedLabel("Client certificate", row.hasCertificate)} {...bind("certPem")} />
            <PemField label={storedLabel("Client key", row.hasCertificate)} {...bind("keyPem")} />
            {row.hasCertificate && (
              <Removal label="Forget the stored certificate and key" {...removal("certificate")} />
            )}
            <TextField
              label="Server name"
              hint="When the certificate is for another name than the URL's."
              {...bind("serverName")}
            />
          </div>
        </details>
      )}
      {fields.includes("intervalSeconds") && (
        <TextField
          label="Seconds between two readings"
          placeholder={row.source === "metrics" ? "10" : "30"}
          hint="5 to 600. A page that takes long is read less often, whatever stands here."
          {...bind("intervalSeconds")}
        />
      )}
    </>
  );
}

function UrlsField(props: { row: SetSource; value: string; onChange(value: string): void; error: string | null }) {
  const { row, ...field } = props;
  const isMembers = row.source === "metrics";
  return (
    <TextField
      label="URLs"
      rows={2}
      mono
      placeholder={isMembers ? "https://10.0.0.3:2381/metrics" : "https://10.0.0.10:6443"}
      hint={
        isMembers
          ? "One a line. None: each member's client URL, with the cluster's own access."
          : "One an apiserver, each on its own line: behind a load balancer every reading would be another's."
      }
      {...field}
    />
  );
}

function Removal({ label, checked, onChange }: { label: string; checked: boolean; onChange(checked: boolean): void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

function storedLabel(label: string, isStored: boolean): string {
  return isStored ? `${label} (one is stored)` : label;
}

function isTlsOpen(row: SetSource, draft: SourceDraft, fault: FieldFault | null): boolean {
  if (["caPem", "certPem", "keyPem", "serverName"].includes(fault?.field ?? "")) return true;
  return row.source === "apiserver" || row.hasCa || row.hasCertificate || /https:/i.test(draft.urls);
}
