import { endOfName, parseSampleLine, type SampleLine } from "@/collectors/metrics/sample-line";

/** What was on a metrics page. */
export interface PageSummary {
  bytes: number;
  /** Lines that hold a sample, wanted or not. */
  samples: number;
  /** Lines that are neither sample nor comment, and those that are too long. */
  badLines: number;
}

export interface PrometheusTextOptions {
  /** Is this name of interest? Lines of other names are counted and not looked into. */
  wants(name: string): boolean;
  onSample(sample: SampleLine): void;
}

/** A page beyond this is not read on. */
export const MAX_PAGE_BYTES = 64 * 1024 ** 2;
/** A longer line is skipped and counted. */
export const MAX_LINE_CHARACTERS = 65_536;

/** The page is larger than anything that is read. */
export class PageTooLargeError extends Error {
  override name = "PageTooLargeError";
  constructor() {
    super(`the page is larger than ${MAX_PAGE_BYTES / 1024 ** 2} MiB`);
  }
}

/**
 * Reads a page of metrics as it comes, in Prometheus' text format 0.0.4 or OpenMetrics' (`# EOF`, exemplars): bytes in,
 * samples out. Keeps no more than the line it is in. Bad lines are counted; only a page that is too large throws.
 */
export class PrometheusTextParser {
  #options: PrometheusTextOptions;
  #decoder = new TextDecoder("utf-8");
  #summary: PageSummary = { bytes: 0, samples: 0, badLines: 0 };
  /** The begun line; joined once it is whole, however small the chunks are. */
  #begun: string[] = [];
  #begunLength = 0;

  constructor(options: PrometheusTextOptions) {
    this.#options = options;
  }

  /** Takes the next bytes. Throws a `PageTooLargeError`. */
  push(chunk: Uint8Array): void {
    this.#summary.bytes += chunk.length;
    if (this.#summary.bytes > MAX_PAGE_BYTES) throw new PageTooLargeError();
    this.#pushText(this.#decoder.decode(chunk, { stream: true }));
  }

  /** The page is over: the last line may lack its end. */
  finish(): PageSummary {
    this.#pushText(this.#decoder.decode());
    if (this.#begunLength > 0) this.#endLine("");
    return this.#summary;
  }

  #pushText(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#endLine(text.slice(from, end));
      from = end + 1;
    }
    if (from < text.length) this.#keep(text.slice(from));
  }

  #keep(part: string): void {
    this.#begunLength += part.length;
    if (this.#begunLength > MAX_LINE_CHARACTERS) this.#begun = [];
    else this.#begun.push(part);
  }

  #endLine(rest: string): void {
    const length = this.#begunLength + rest.length;
    const line = this.#begunLength === 0 ? rest : this.#begun.join("") + rest;
    this.#begun = [];
    this.#begunLength = 0;
    if (length > MAX_LINE_CHARACTERS) this.#summary.badLines++;
    else this.#readLine(line);
  }

  #readLine(line: string): void {
    const text = needsTrim(line) ? line.trim() : line;
    if (text === "" || text.charCodeAt(0) === 35) return;
    const nameEnd = endOfName(text);
    if (nameEnd > 0 && !this.#options.wants(text.slice(0, nameEnd))) {
      if (mayFollowName(text.charCodeAt(nameEnd))) this.#summary.samples++;
      else this.#summary.badLines++;
      return;
    }
    const sample = parseSampleLine(text);
    if (sample === null) this.#summary.badLines++;
    else {
      this.#summary.samples++;
      if (nameEnd > 0 || this.#options.wants(sample.name)) this.#options.onSample(sample);
    }
  }
}

/** Blanks around a line are rare. */
function needsTrim(line: string): boolean {
  return line.length > 0 && (line.charCodeAt(0) <= 32 || line.charCodeAt(line.length - 1) <= 32);
}

/** `{` or a blank. */
function mayFollowName(code: number): boolean {
  return code === 123 || code === 32 || code === 9;
}
