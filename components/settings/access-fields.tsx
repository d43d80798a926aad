"use client";

import type { AccessDraft } from "@/components/settings/access-draft";
import type { FieldFault } from "@/components/settings/cluster-requests";
import { PemField } from "@/components/settings/pem-field";
import { TextField } from "@/components/settings/text-field";

const FIELDS_OF_TLS = ["caPem", "certPem", "keyPem", "serverName"];
const FIELDS_OF_USER = ["username", "password"];

/** The fields that say how to reach a cluster. A fault stands at its field, and opens the part it is in. */
export function AccessFields(props: {
  draft: AccessDraft;
  onChange(draft: AccessDraft): void;
  fault: FieldFault | null;
}) {
  const { draft, onChange, fault } = props;
  const faulty = fault?.field ?? null;
  const bind = (field: keyof AccessDraft) => ({
    value: draft[field],
    onChange: (value: string) => onChange({ ...draft, [field]: value }),
    error: fault?.field === field ? fault.text : null,
  });
  const isTls = /https:\/\//i.test(draft.endpoints);
  return (
    <>
      <TextField
        label="Name"
        placeholder="prod-eu-1"
        required
        hint="As it appears everywhere, also in URLs."
        {...bind("name")}
      />
      <TextField
        label="Endpoints"
        placeholder="https://10.0.0.3:2379, https://10.0.0.4:2379"
        required
        mono
        rows={2}
        hint="Client URLs of the members, apart by commas or lines. With several, etcdscope goes on when one is down."
        {...bind("endpoints")}
      />
      <details className="fieldset" open={isTls || FIELDS_OF_TLS.includes(faulty ?? "")}>
        <summary>
          TLS <span>CA, client certificate, server name</span>
        </summary>
        <div className="fieldset-body">
          <PemField label="CA certificate" {...bind("caPem")} />
          <PemField label="Client certificate" {...bind("certPem")} />
          <PemField label="Client key" {...bind("keyPem")} />
          <TextField
            label="Server name"
            placeholder="etcd.example.com"
            hint="When the certificate is for another name than the endpoint's."
            {...bind("serverName")}
          />
        </div>
      </details>
      <details className="fieldset" open={FIELDS_OF_USER.includes(faulty ?? "") || undefined}>
        <summary>
          User and password <span>when etcd has authentication on</span>
        </summary>
        <div className="fieldset-body columns">
          <TextField label="User" placeholder="etcdscope" {...bind("username")} />
          <TextField label="Password" type="password" hint="Stored encrypted." {...bind("password")} />
        </div>
      </details>
    </>
  );
}
