import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { reasonOf, type WrittenAccess } from "@/lib/supervisor/access";
import { StartError } from "@/lib/supervisor/start-error";

const TEXT_FIELDS = ["name", "cacert", "cert", "key", "serverName", "username", "password", "passwordFile"] as const;
const CLUSTER_FIELDS = [...TEXT_FIELDS, "endpoints"];

/** A cluster of the file, its paths not yet read. `origin` names a field of it in a message. */
export interface WrittenCluster {
  name: string;
  written: WrittenAccess;
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
  const fail = (node: { range?: Node["range"] } | null | undefined, fault: string): never => {
    const line = node?.range ? `, line ${lines.linePos(node.range[0]).line}` : "";
    throw new StartError(`${fileName}${line}: ${fault}`);
  };
  const [fault] = document.errors;
  if (fault)
    fail({ range: [fault.pos[0], fault.pos[1], fault.pos[1]] }, `not valid YAML (${firstSentence(fault.message)}).`);
  const reader = new Reader(fail);
  if (!isMap(document.contents)) return fail(document.contents, 'must hold "clusters:", a list of clusters.');
  reader.checkKeys(document.contents, ["clusters"], "");
  const list = document.contents.get("clusters", true);
  if (!isSeq(list))
    return fail(list ?? document.contents, '"clusters" must be a list, with "- name: ..." for each cluster.');
  const clusters = list.items.map((item) =>
    isMap(item)
      ? reader.readCluster(item, fileName)
      : fail(item as Node, "a cluster must be written as name, endpoints and so on."),
  );
  for (const [index, { name }] of clusters.entries()) {
    const isTwice = clusters.findIndex((other) => other.name === name) < index;
    if (isTwice) fail(list.items[index] as Node, `the name "${name}" is used twice; every cluster needs its own.`);
  }
  return clusters;
}

type Fail = (node: { range?: Node["range"] } | null | undefined, fault: string) => never;

class Reader {
  readonly #fail: Fail;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  readCluster(map: YAMLMap, fileName: string): WrittenCluster {
    this.checkKeys(map, CLUSTER_FIELDS, " of a cluster");
    const fields = Object.fromEntries(TEXT_FIELDS.map((field) => [field, this.#readText(map, field)]));
    const { name, ...rest } = fields as { name?: string } & Omit<WrittenAccess, "endpoints">;
    if (name === undefined) return this.#fail(map, 'the cluster has no "name".');
    return {
      name,
      written: { ...rest, endpoints: this.#readEndpoints(map) },
      origin: (field) => `${fileName}, cluster ${name}: ${field}`,
    };
  }

  /** Refuses keys that we do not know: a misspelt one would otherwise be left out in silence. */
  checkKeys(map: YAMLMap, known: readonly string[], where: string): void {
    for (const pair of map.items as Pair[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      if (!known.includes(key))
        this.#fail(pair.key as Node, `unknown key "${key}"${where}; known are ${known.join(", ")}.`);
    }
  }

  #readText(map: YAMLMap, field: string): string | undefined {
    const node = map.get(field, true);
    if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
    if (isScalar(node) && typeof node.value === "string") return node.value;
    if (isScalar(node) && typeof node.value === "number") return node.source ?? String(node.value); // a password may be 0123
    return this.#fail(node as Node, `"${field}" must be text.`);
  }

  #readEndpoints(map: YAMLMap): string[] {
    const node = map.get("endpoints", true);
    if (node === undefined) return this.#fail(map, 'the cluster has no "endpoints".');
    const items = isSeq(node) ? (node.items as Node[]) : [node as Node];
    return items.flatMap((item) => {
      if (!isScalar(item) || typeof item.value !== "string")
        return this.#fail(item, '"endpoints" must be a list of URLs.');
      return item.value.split(",");
    });
  }
}

function firstSentence(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/[.:]$/, "");
}
