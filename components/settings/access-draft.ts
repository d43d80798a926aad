import type { AccessInput } from "@/lib/api/clusters";

/** How to reach a cluster, as it stands in a form: every field a text, empty when not given. */
export interface AccessDraft {
  name: string;
  endpoints: string;
  caPem: string;
  certPem: string;
  keyPem: string;
  serverName: string;
  username: string;
  password: string;
}

export const EMPTY_DRAFT: AccessDraft = {
  name: "",
  endpoints: "",
  caPem: "",
  certPem: "",
  keyPem: "",
  serverName: "",
  username: "",
  password: "",
};

/** What the API wants of a draft: endpoints apart, nothing that was left empty. */
export function toAccessInput(draft: AccessDraft): AccessInput {
  const input: AccessInput = { endpoints: draft.endpoints.split(/[\s,]+/).filter((endpoint) => endpoint !== "") };
  for (const field of ["caPem", "certPem", "keyPem", "serverName", "username", "password"] as const) {
    const value = field === "password" ? draft[field] : draft[field].trim();
    if (value !== "") input[field] = value;
  }
  return input;
}
