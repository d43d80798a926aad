import type { HashResult, HashVerdict } from "@/lib/model/consistency";

/**
 * What the web asks the worker through the `question` table. Keys travel as base64; `Sealed` fields are sealed with
 * the installation's secret key, so that no password or private key lies in the table in the clear.
 */

/** How to reach and enter a cluster, secrets in the clear: only ever in memory. */
export interface ClusterAccess {
  endpoints: string[];
  caPem?: string;
  certPem?: string;
  keyPem?: string;
  /** The name the server certificate must carry, where it is not the endpoint's host. */
  serverName?: string;
  username?: string;
  password?: string;
}

/** `test-connection`: can this cluster be read? Needs no cluster id. `access` is a sealed JSON `ClusterAccess`. */
export interface TestConnectionParams {
  accessSealedBase64: string;
}
export interface TestConnectionAnswer {
  ok: boolean;
  /** One sentence a step, in the order they were tried. */
  steps: { name: string; ok: boolean; text: string }[];
  /** When `ok` is false: what is wrong and what to do. */
  reason: string | null;
  remedy: string | null;
  etcdClusterId: string | null;
  version: string | null;
  members: number | null;
}

export type KeySort =
  | "key"
  | "valueBytes"
  | "keyBytes"
  | "liveBytes"
  | "version"
  | "age"
  | "modRevision"
  | "historyBytes";

/**
 * `list-keys`: keys of the model that begin with a prefix, in an order, from a cursor. With `directOnly`, just those
 * that hang directly under the node with exactly this prefix. `descending` false with `age`: oldest write first.
 */
export interface ListKeysParams {
  prefixBase64: string;
  directOnly: boolean;
  sort: KeySort;
  descending: boolean;
  limit: number;
  /** The last row of the page before: its sort value (null for sort `key`) and its key. */
  after: { value: number | null; keyBase64: string } | null;
}
export interface ListedKey {
  keyBase64: string;
  keyBytes: number;
  valueBytes: number;
  createRevision: number;
  modRevision: number;
  version: number;
  /** Key and value bytes of its superseded revisions and tombstones that are still held; null: not measured. */
  historyBytes?: number | null;
  historyRevisions?: number | null;
  /** Listed for its history alone: it is not there any more. */
  deleted?: boolean;
  /** Attached to a lease. */
  leased?: boolean;
}
export interface ListKeysAnswer {
  keys: ListedKey[];
  /** How many keys match in all, and their bytes. */
  matchedKeys: number;
  matchedKeyBytes: number;
  matchedValueBytes: number;
  matchedLargestValueBytes: number;
  revision: number;
  /** RFC 3339: the model is complete up to here. */
  at: string;
}

/**
 * `list-groups`: the children of a byte prefix that is not a node of the tree (`/registry/po`, or a prefix folded into
 * *other*): the matching keys, grouped up to their next separator. At most `limit` groups, heaviest first.
 */
export interface ListGroupsParams {
  prefixBase64: string;
  limit: number;
}
export interface ListGroupsAnswer {
  groups: KeyGroup[];
  total: KeyGroup;
  revision: number;
  at: string;
}
export interface KeyGroup {
  prefixBase64: string;
  /** A single key, not a prefix of several. */
  isKey: boolean;
  keys: number;
  keyBytes: number;
  valueBytes: number;
  largestValueBytes: number;
}

/** `read-key`: one key as etcd has it now, and the revisions of it that compaction has left. Values are not read. */
export interface ReadKeyParams {
  keyBase64: string;
}
export interface ReadKeyAnswer {
  /** Null when the key does not exist. */
  current:
    | (ListedKey & { leaseId: string | null; leaseTtlSeconds: number | null; leaseGrantedSeconds: number | null })
    | null;
  /** Newest first, without the current one. */
  earlier: { modRevision: number; version: number; valueBytes: number }[];
  /** True when older revisions than those listed are still held. */
  earlierTruncated: boolean;
  revision: number;
  at: string;
}

/** `test-webhook`: posts a test notification to a stored webhook. Needs no cluster id. */
export interface TestWebhookParams {
  webhookId: string;
}
export interface TestWebhookAnswer {
  ok: boolean;
  /** What the receiver answered, one sentence. */
  text: string;
}

/** `hash-check`: are the members' data the same? Every member reads its whole db for it, one after the other. */
export type HashCheckParams = Record<never, never>;
export interface HashCheckAnswer {
  at: string;
  revision: number;
  verdict: HashVerdict;
  results: HashResult[];
}

export interface Questions {
  "test-connection": { params: TestConnectionParams; answer: TestConnectionAnswer };
  "list-keys": { params: ListKeysParams; answer: ListKeysAnswer };
  "list-groups": { params: ListGroupsParams; answer: ListGroupsAnswer };
  "read-key": { params: ReadKeyParams; answer: ReadKeyAnswer };
  "hash-check": { params: HashCheckParams; answer: HashCheckAnswer };
  "test-webhook": { params: TestWebhookParams; answer: TestWebhookAnswer };
}
export type QuestionKind = keyof Questions;
