import fc from "fast-check";
import { MAX_LINE_CHARACTERS, PrometheusTextParser } from "@/collectors/metrics/prometheus-text";
import type { SampleLine } from "@/collectors/metrics/sample-line";

/** What the parser makes of a page given in `chunks`, every name wanted. */
export function parsePage(chunks: readonly Uint8Array[], wants: (name: string) => boolean = () => true) {
  const samples: SampleLine[] = [];
  const parser = new PrometheusTextParser({ wants, onSample: (sample) => samples.push(sample) });
  for (const chunk of chunks) parser.push(chunk);
  return { samples, summary: parser.finish() };
}

/** Cuts a page into pieces of `size` bytes. */
export function inChunks(page: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < page.length; at += size) chunks.push(page.subarray(at, at + size));
  return chunks;
}

const TOKENS = [
  "etcd_x",
  "a:b",
  "{",
  "}",
  '"',
  "\\",
  "\\n",
  "=",
  ",",
  " ",
  "\t",
  "\n",
  "\r\n",
  "#",
  "# EOF",
  "le",
  'le="+Inf"',
  "1",
  "-1.5e9",
  "NaN",
  "+Inf",
  "0x1p-2",
  "1_0",
  "1e400",
  "é",
  "\u0000",
  "\ufeff",
  "__proto__",
  "constructor",
];

/** Pages nobody should send: bytes at random, and lines made of what lines are made of. */
export const hostilePage: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 60 })
      .map((tokens) => Buffer.from(tokens.join(""))),
  },
);

/** Reads a page in chunks of `size` and throws when the parser does not keep what it promises. */
export function checkHostilePage(page: Buffer, size: number): void {
  const { samples, summary } = parsePage(inChunks(page, Math.max(1, size)));
  const lines = page.toString("utf8").split("\n").length;
  if (summary.bytes !== page.length) throw new Error(`${summary.bytes} bytes of ${page.length}`);
  if (summary.samples !== samples.length) throw new Error(`${samples.length} samples, counted ${summary.samples}`);
  if (summary.samples + summary.badLines > lines) throw new Error(`more than ${lines} lines`);
  for (const { name, labels, value } of samples) {
    const length = name.length + [...labels].reduce((sum, [label, text]) => sum + label.length + text.length, 0);
    if (name === "" || typeof value !== "number" || length > MAX_LINE_CHARACTERS) throw new Error(`bad sample ${name}`);
  }
}
