import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { isMap, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";
import { reasonOf, type WrittenAccess } from "@/lib/supervisor/access";
import { readWrittenSources, SOURCE_KEYS, type WrittenSource } from "@/lib/supervisor/source-file";
import { StartError } from "@/lib/supervisor/start-error";
import { type Fail, YamlReader } from "@/lib/supervisor/yaml-reader";

const TEXT_FIELDS = ["name", "cacert", "cert", "key", "serverName", "username", "password", "passwordFile"] as const;
const CLUSTER_FIELDS = [...TEXT_FIELDS, "endpoints", "managed", ...SOURCE_KEYS];

/** A cluster of the file, its paths not yet read. `origin` names a field of it in a message. */
export interface WrittenCluster {
  name: string;
  /** Registered without access to etcd: no endpoints. */
  isManaged: boolean;
  written: WrittenAccess;
  sources: WrittenSource[];
  origin: (field: string) => string;
}

/** Reads the clusters of an `etcdscope.yaml`. Throws a `StartError` that names the line and what is wrong with it. */
export function readClusterFile(path: string): WrittenCluster[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new StartError(`--config: ${path} cannot be read (${reasonOf(error)}).`);
  }
  return parseClusterFile(text, basename(path));
}

/** The same from its text; `fileName` is for messages. */
export function parseClusterFile(text: string, fileName: string): WrittenCluster[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fail: Fail = (node, fault) => {
    const line = node?.range ? `, line ${lines.linePos(node.range[0]).line}` : "";
    throw new StartError(`${fileName}${line}: ${fault}`);
  };
  const [fault] = document.errors;
  if (fault)
    fail({ range: [fault.pos[0], fault.pos[1], fault.pos[1]] }, `not valid YAML (${firstSentence(fault.message)}).`);
  const reader = new YamlReader(fail);
  if (!isMap(document.contents)) return fail(document.contents, 'must hold "clusters:", a list of clusters.');
  reader.checkKeys(document.contents, ["clusters"], "");
  const list = document.contents.get("clusters", true);
  if (!isSeq(list))
    return fail(list ?? document.contents, '"clusters" must be a list, with "- name: ..." for each cluster.');
  const clusters = list.items.map((item) =>
    isMap(item)
      ? readCluster(reader, item, fileName)
      : fail(item as Node, "a cluster must be written as name, endpoints and so on."),
  );
  for (const [index, { name }] of clusters.entries()) {
    const isTwice = clusters.findIndex((other) => other.name === name) < index;
    if (isTwice) fail(list.items[index] as Node, `the name "${name}" is used twice; every cluster needs its own.`);
  }
  return clusters;
}

function readCluster(reader: YamlReader, map: YAMLMap, fileName: string): WrittenCluster {
  reader.checkKeys(map, CLUSTER_FIELDS, " of a cluster");
  const fields = Object.fromEntries(TEXT_FIELDS.map((field) => [field, reader.readText(map, field)]));
  const { name, ...rest } = fields as { name?: string } & Omit<WrittenAccess, "endpoints">;
  if (name === undefined) return reader.fail(map, 'the cluster has no "name".');
  const isManaged = reader.readBoolean(map, "managed") ?? false;
  const origin = (field: string) => `${fileName}, cluster ${name}: ${field}`;
  return {
    name,
    isManaged,
    written: { ...rest, endpoints: isManaged ? readNoAccess(reader, map) : readEndpoints(reader, map) },
    sources: readWrittenSources(reader, map, { isManaged, origin }),
    origin,
  };
}

function readEndpoints(reader: YamlReader, map: YAMLMap): string[] {
  const endpoints = reader.readTexts(map, "endpoints", "URLs");
  if (endpoints === undefined) {
    return reader.fail(map, 'the cluster has no "endpoints"; one without access to etcd has "managed: true" instead.');
  }
  return endpoints.flatMap(({ text }) => text.split(","));
}

/** A managed cluster is reached by its sources: what says how to reach etcd would be left out in silence. */
function readNoAccess(reader: YamlReader, map: YAMLMap): string[] {
  for (const field of CLUSTER_FIELDS) {
    if (field === "name" || field === "managed" || SOURCE_KEYS.includes(field)) continue;
    const node = reader.find(map, field);
    if (node)
      reader.fail(node, `"${field}" says how to reach etcd, which a managed cluster is not read from; remove it.`);
  }
  return [];
}

function firstSentence(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/[.:]$/, "");
}
