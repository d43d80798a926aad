import { resolve } from "node:path";
import type { YAMLMap } from "yaml";
import type { SourceName, SourceSecrets, SourceSettings } from "@/lib/model/sources";
import { DEFAULT_ENABLED } from "@/lib/model/sources";
import { readPemFiles, readTextFile } from "@/lib/supervisor/access";
import { StartError } from "@/lib/supervisor/start-error";
import type { YamlReader } from "@/lib/supervisor/yaml-reader";

/** What each source is called in the file. */
const KEYS = {
  metrics: "metrics",
  apiserver: "apiserver",
  audit: "audit",
  etcdLog: "etcd-log",
  connections: "connections",
  leases: "leases",
} as const satisfies Record<string, SourceName>;

/** The keys of a cluster that are sources. */
export const SOURCE_KEYS: readonly string[] = Object.keys(KEYS);

const TLS_FIELDS = ["cacert", "cert", "key", "serverName"] as const;
const FIELDS: Record<SourceName, readonly string[]> = {
  metrics: ["urls", "intervalSeconds", ...TLS_FIELDS],
  apiserver: ["urls", "intervalSeconds", "token", "tokenFile", ...TLS_FIELDS],
  audit: ["files"],
  "etcd-log": ["files"],
  connections: [],
  leases: [],
};
/** Of a cluster that is known by its apiservers alone. */
const NEEDS_ETCD: readonly string[] = ["metrics", "leases"];

/** A source as it stands in the file, its paths not yet read. */
export interface WrittenSource {
  source: SourceName;
  enabled: boolean;
  urls?: string[];
  files?: string[];
  intervalSeconds?: number;
  token?: string;
  tokenFile?: string;
  cacert?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  /** Names a field of it in a message. */
  origin: (field: string) => string;
}

/** A source as the file sets it, whole: what is not in it is not set. */
export interface DeclaredSource {
  source: SourceName;
  enabled: boolean;
  settings: SourceSettings;
  secrets: Required<SourceSecrets>;
}

/** Reads the sources of a cluster in the file. */
export function readWrittenSources(
  reader: YamlReader,
  cluster: YAMLMap,
  { isManaged, origin }: { isManaged: boolean; origin: (field: string) => string },
): WrittenSource[] {
  return Object.entries(KEYS).flatMap(([key, source]) => {
    const map = reader.readMap(cluster, key);
    if (map === undefined) return [];
    if (isManaged && NEEDS_ETCD.includes(key)) {
      return reader.fail(map, `"${key}" needs etcd, which a managed cluster is not read from; remove it.`);
    }
    reader.checkKeys(map, ["enabled", ...FIELDS[source]], ` of ${key}`);
    return [{ ...readFields(reader, map, source), origin: (field: string) => origin(`${key}.${field}`) }];
  });
}

function readFields(reader: YamlReader, map: YAMLMap, source: SourceName): Omit<WrittenSource, "origin"> {
  const texts = ["token", "tokenFile", ...TLS_FIELDS].map((field) => [field, reader.readText(map, field)] as const);
  const urls = reader.readTexts(map, "urls", "URLs");
  for (const { text, node } of urls ?? []) {
    if (!isHttpUrl(text)) reader.fail(node, `"${text}" is no URL of http or https.`);
  }
  const files = reader.readTexts(map, "files", "paths");
  const intervalSeconds = reader.readInteger(map, "intervalSeconds", { least: 5, most: 600 });
  const enabled = reader.readBoolean(map, "enabled") ?? true; // what someone writes down, they want
  if (source === "apiserver" && enabled && (urls ?? []).length === 0) {
    reader.fail(map, 'the apiserver has no "urls"; give the base URL of each, such as https://10.0.0.10:6443.');
  }
  return {
    source,
    enabled,
    ...Object.fromEntries(texts.filter(([, text]) => text !== undefined)),
    ...(urls && { urls: urls.map(({ text }) => text) }),
    ...(files && { files: files.map(({ text }) => text) }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  };
}

/** Reads the files of a source; paths are relative to `directory`. Throws a `StartError`. */
export function toDeclaredSource(written: WrittenSource, directory: string): DeclaredSource {
  const { source, enabled, urls, files, intervalSeconds, serverName, origin } = written;
  if (written.token !== undefined && written.tokenFile !== undefined) {
    throw new StartError(`${origin("tokenFile")} and token are both given; give one of them.`);
  }
  const token = written.token ?? readTextFile(written.tokenFile, directory, origin("tokenFile"))?.trim();
  const { caPem, certPem, keyPem } = readPemFiles(written, directory, origin);
  const settings: SourceSettings = {
    ...(urls && { urls }),
    ...(files && { paths: files.map((path) => resolve(directory, path)) }),
    ...(caPem !== undefined && { caPem }),
    ...(certPem !== undefined && { certPem }),
    ...(serverName !== undefined && { serverName }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  };
  return { source, enabled, settings, secrets: { bearerToken: token ?? "", keyPem: keyPem ?? "" } };
}

/** Every source that the file does not name: as it is without being set. */
export function unsetSources(declared: readonly DeclaredSource[]): DeclaredSource[] {
  return Object.values(KEYS)
    .filter((source) => declared.every((one) => one.source !== source))
    .map((source) => ({
      source,
      enabled: DEFAULT_ENABLED[source],
      settings: {},
      secrets: { bearerToken: "", keyPem: "" },
    }));
}

function isHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}
