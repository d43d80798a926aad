/** A line of a page of metrics. */
export interface ExposedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/**
 * Reads Prometheus' text format character by character, as the specification tells it: lines of HELP and TYPE before
 * their samples, labels with escapes. Throws at the first line that is none of it.
 */
export function parseExposition(page: string): { samples: ExposedSample[]; types: Map<string, string> } {
  const types = new Map<string, string>();
  const samples: ExposedSample[] = [];
  if (!page.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of page.slice(0, -1).split("\n")) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) types.set(type[1] as string, type[2] as string);
    else if (!/^# HELP \S+ \S/.test(line)) samples.push(parseSample(line));
  }
  return { samples, types };
}

function parseSample(line: string): ExposedSample {
  const name = /^[a-z_:][a-z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === "{") {
    for (at++; line[at] !== "}"; ) {
      const label = /^[a-z_][a-z0-9_]*(?==")/.exec(line.slice(at))?.[0];
      if (label === undefined || label in labels) throw new Error(`no label at ${at}: ${line}`);
      let value = "";
      for (at += label.length + 2; line[at] !== '"'; at++) {
        if (at >= line.length) throw new Error(`a label does not end: ${line}`);
        if (line[at] !== "\\") value += line[at];
        else value += { "\\": "\\", n: "\n", '"': '"' }[line[++at] ?? ""] ?? fail(`unknown escape: ${line}`);
      }
      labels[label] = value;
      at += line[at + 1] === "," ? 2 : 1;
    }
    at++;
  }
  if (line[at] !== " " || !/^[-+]?(\d|Inf|NaN)/.test(line.slice(at + 1))) fail(`no value: ${line}`);
  return { name, labels, value: Number(line.slice(at + 1).replace("Inf", "Infinity")) };
}

function fail(message: string): never {
  throw new Error(message);
}
