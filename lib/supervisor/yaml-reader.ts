import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";

/** Ends the reading with a message that names the line of `node`. */
export type Fail = (node: { range?: Node["range"] } | null | undefined, fault: string) => never;

/** Reads fields of YAML maps; what is not of the wanted kind is told with its line. */
export class YamlReader {
  readonly fail: Fail;

  constructor(fail: Fail) {
    this.fail = fail;
  }

  /** Refuses keys that we do not know: a misspelt one would otherwise be left out in silence. */
  checkKeys(map: YAMLMap, known: readonly string[], where: string): void {
    for (const pair of map.items as Pair[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      if (!known.includes(key))
        this.fail(pair.key as Node, `unknown key "${key}"${where}; known are ${known.join(", ")}.`);
    }
  }

  /** A field that was written down; undefined when it is absent or empty. */
  find(map: YAMLMap, field: string): Node | undefined {
    const node = map.get(field, true) as Node | undefined;
    return isScalar(node) && node.value === null ? undefined : node;
  }

  readText(map: YAMLMap, field: string): string | undefined {
    const node = this.find(map, field);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === "string") return node.value;
    if (isScalar(node) && typeof node.value === "number") return node.source ?? String(node.value); // a password may be 0123
    return this.fail(node, `"${field}" must be text.`);
  }

  readBoolean(map: YAMLMap, field: string): boolean | undefined {
    const node = this.find(map, field);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === "boolean") return node.value;
    return this.fail(node, `"${field}" must be true or false.`);
  }

  /** A whole number from `least` to `most`. */
  readInteger(map: YAMLMap, field: string, { least, most }: { least: number; most: number }): number | undefined {
    const node = this.find(map, field);
    if (node === undefined) return undefined;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fail(node, `"${field}" must be a whole number from ${least} to ${most}.`);
  }

  /** A list of texts, or a single one; with the place of each, for what is found wrong with it later. */
  readTexts(map: YAMLMap, field: string, what: string): { text: string; node: Node }[] | undefined {
    const node = this.find(map, field);
    if (node === undefined) return undefined;
    const items = isSeq(node) ? (node.items as Node[]) : [node];
    return items.map((item) => {
      if (!isScalar(item) || typeof item.value !== "string")
        return this.fail(item, `"${field}" must be a list of ${what}.`);
      return { text: item.value, node: item };
    });
  }

  /** A map, such as `metrics: {urls: [...]}`. */
  readMap(map: YAMLMap, field: string): YAMLMap | undefined {
    const node = this.find(map, field);
    if (node === undefined) return undefined;
    return isMap(node)
      ? node
      : this.fail(node, `"${field}" must hold keys and values, such as "${field}: {enabled: true}".`);
  }
}
