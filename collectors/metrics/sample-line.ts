/** One line of a metrics page taken apart. */
export interface SampleLine {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

/** More labels than this has no sample we know. */
export const MAX_LABELS = 64;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["+nan", Number.NaN],
  ["-nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["+inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["+infinity", Number.POSITIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
]);

/** Where the name a line begins with ends: the first character that cannot belong to one. */
export function endOfName(line: string): number {
  let at = 0;
  while (at < line.length && isNameCharacter(line.charCodeAt(at), at === 0, true)) at++;
  return at;
}

/**
 * Takes a sample's line apart: `name{label="value"} 1.5 1395066363000`, names in quotes (`{"a.name",label="value"} 1`),
 * and what OpenMetrics writes behind a ` # `. Null when it is no such line. Reads every character once.
 */
export function parseSampleLine(line: string): SampleLine | null {
  const scanner = new LineScanner(line);
  const bareName = line.slice(0, endOfName(line));
  scanner.at = bareName.length;
  scanner.skipBlanks();
  const labels = new Map<string, string>();
  let name = bareName;
  if (scanner.take("{")) {
    const quotedName = parseLabels(scanner, labels, bareName === "");
    if (quotedName === null) return null;
    name ||= quotedName;
  } else if (scanner.at === bareName.length) return null; // nothing stands between name and value
  const value = name === "" ? null : parseTail(line.slice(scanner.at));
  return value === null ? null : { name, labels, value };
}

/** Up to and with the closing brace. Answers the name when it stands within, else an empty text; null: no labels. */
function parseLabels(scanner: LineScanner, labels: Map<string, string>, mayName: boolean): string | null {
  let name = "";
  for (let count = 0; ; count++) {
    scanner.skipBlanks();
    if (scanner.take("}")) return name;
    if (count > MAX_LABELS) return null;
    const label = scanner.takeQuoted() ?? scanner.takeLabelName();
    if (label === null) return null;
    scanner.skipBlanks();
    if (scanner.take("=")) {
      scanner.skipBlanks();
      const value = scanner.takeQuoted();
      if (value === null || labels.has(label)) return null;
      labels.set(label, value);
    } else if (mayName && count === 0 && label !== "") name = label;
    else return null;
    scanner.skipBlanks();
    if (!scanner.take(",")) {
      scanner.skipBlanks();
      return scanner.take("}") ? name : null;
    }
  }
}

/** Value and, if it is there, the time; behind a `#` OpenMetrics adds an exemplar. Null when they are no numbers. */
function parseTail(tail: string): number | null {
  const comment = tail.indexOf("#");
  const words = (comment === -1 ? tail : tail.slice(0, comment)).trim().split(/[ \t]+/, 3);
  const [value = "", time] = words;
  if (words.length > 2 || (time !== undefined && !NUMBER.test(time))) return null;
  return parseValue(value);
}

function parseValue(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  return SPECIAL.get(text.toLowerCase()) ?? null;
}

class LineScanner {
  at = 0;

  constructor(private readonly line: string) {}

  skipBlanks(): void {
    while (this.line.charCodeAt(this.at) === 32 || this.line.charCodeAt(this.at) === 9) this.at++;
  }

  take(character: string): boolean {
    if (this.line[this.at] !== character) return false;
    this.at++;
    return true;
  }

  takeLabelName(): string | null {
    const start = this.at;
    while (this.at < this.line.length && isNameCharacter(this.line.charCodeAt(this.at), this.at === start, false))
      this.at++;
    return this.at === start ? null : this.line.slice(start, this.at);
  }

  /** A text in quotes, without them; null, and nothing taken, when there is none. */
  takeQuoted(): string | null {
    if (this.line[this.at] !== '"') return null;
    const start = this.at + 1;
    const close = this.line.indexOf('"', start);
    if (close === -1) return null;
    const backslash = this.line.indexOf("\\", start);
    if (backslash === -1 || backslash > close) {
      this.at = close + 1;
      return this.line.slice(start, close);
    }
    return this.#takeEscaped(start);
  }

  #takeEscaped(start: number): string | null {
    const parts: string[] = [];
    let from = start;
    for (let at = start; at < this.line.length; at++) {
      const character = this.line[at];
      if (character === '"') {
        parts.push(this.line.slice(from, at));
        this.at = at + 1;
        return parts.join("");
      }
      if (character !== "\\") continue;
      const escaped = this.line[at + 1];
      parts.push(this.line.slice(from, at), unescaped(escaped));
      at++;
      from = at + 1;
    }
    return null;
  }
}

/** `\\`, `\"` and `\n` stand for something; any other pair for itself, as Prometheus has it. */
function unescaped(character: string | undefined): string {
  if (character === "n") return "\n";
  if (character === "\\" || character === '"') return character;
  return `\\${character ?? ""}`;
}

function isNameCharacter(code: number, isFirst: boolean, mayHaveColon: boolean): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95) return true;
  if (code === 58) return mayHaveColon;
  return !isFirst && code >= 48 && code <= 57;
}
