/** A sample of a metric: its labels in the order they are written, and its value. */
export interface MetricSample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** All samples of one name. A name without samples is not written at all: a missing figure is absent, not 0. */
export interface ExposedFamily {
  name: string;
  help: string;
  type: "gauge" | "counter";
  samples: MetricSample[];
}

/** The type of the text format, as Prometheus asks for it. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const MOST_CHARACTERS = 512;
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Families as Prometheus' text format 0.0.4. Values that are no number are left out. */
export function formatExposition(families: readonly ExposedFamily[]): string {
  return families.map(formatFamily).join("");
}

function formatFamily({ name, help, type, samples }: ExposedFamily): string {
  if (!NAME.test(name)) throw new Error(`"${name}" is no name of a metric`);
  const lines = samples
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ labels, value }) => `${name}${formatLabels(labels)} ${formatValue(value)}\n`);
  if (lines.length === 0) return "";
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

/**
 * A text that may hold anything as the value of a label: characters that no terminal should be shown become `\xNN`, and
 * of a long one the beginning stays, with `tail` (what tells it apart from its like) behind it.
 */
export function toLabelValue(text: string, tail: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are to be found
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
  if (plain.length <= MOST_CHARACTERS) return plain;
  const beginning = Array.from(plain.slice(0, MOST_CHARACTERS + 1)).slice(0, -1); // never half of a character
  return `${beginning.join("")}… ${tail}`;
}

function escapeCharacter(character: string): string {
  const bytes = new TextEncoder().encode(character);
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
