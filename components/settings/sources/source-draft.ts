import type { SourceInput, SourceRow } from "@/lib/api/sources";

/** A source as it stands in a form. Secrets and certificates are never answered back: empty means "as it is". */
export interface SourceDraft {
  urls: string;
  paths: string;
  bearerToken: string;
  caPem: string;
  certPem: string;
  keyPem: string;
  serverName: string;
  intervalSeconds: string;
  /** What of the stored is to go. */
  removed: { bearerToken: boolean; caPem: boolean; certificate: boolean };
}

/** What a form needs to know of how a source is set. */
export type SetSource = Pick<
  SourceRow,
  "source" | "urls" | "paths" | "intervalSeconds" | "hasBearerToken" | "hasCertificate" | "hasCa" | "serverName"
>;

/** The apiservers of a cluster that is not registered yet. */
export const EMPTY_SOURCE: SetSource = {
  source: "apiserver",
  urls: [],
  paths: [],
  intervalSeconds: null,
  hasBearerToken: false,
  hasCertificate: false,
  hasCa: false,
  serverName: null,
};

/** The form of a source as it is set now. */
export function toDraft(row: SetSource): SourceDraft {
  return {
    urls: row.urls.join("\n"),
    paths: row.paths.join("\n"),
    bearerToken: "",
    caPem: "",
    certPem: "",
    keyPem: "",
    serverName: row.serverName ?? "",
    intervalSeconds: row.intervalSeconds === null ? "" : String(row.intervalSeconds),
    removed: { bearerToken: false, caPem: false, certificate: false },
  };
}

/** What the API wants of a changed form: only what has changed. An empty text removes what was stored. */
export function toSourceInput(draft: SourceDraft, row: SetSource): SourceInput {
  const before = toDraft(row);
  const input: SourceInput = {};
  if (draft.urls !== before.urls) input.urls = listOf(draft.urls);
  if (draft.paths !== before.paths) input.paths = listOf(draft.paths);
  if (draft.serverName !== before.serverName) input.serverName = draft.serverName.trim();
  if (draft.intervalSeconds !== before.intervalSeconds && draft.intervalSeconds.trim() !== "") {
    input.intervalSeconds = Number(draft.intervalSeconds);
  }
  const { removed } = draft;
  Object.assign(
    input,
    secretOf("bearerToken", draft.bearerToken.trim(), removed.bearerToken),
    secretOf("caPem", draft.caPem.trim(), removed.caPem),
    secretOf("certPem", draft.certPem.trim(), removed.certificate),
    secretOf("keyPem", draft.keyPem.trim(), removed.certificate),
  );
  return input;
}

function secretOf(
  field: "bearerToken" | "caPem" | "certPem" | "keyPem",
  given: string,
  isRemoved: boolean,
): SourceInput {
  if (given !== "") return { [field]: given };
  return isRemoved ? { [field]: "" } : {};
}

/** The entries of a field that takes one a line. */
function listOf(text: string): string[] {
  return text
    .split(/[\n,]+/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
