import { type CsvValue, formatCsvRecord } from "@/lib/model/csv";
import { parseKeyText } from "@/lib/model/key-text";
import { ParameterError } from "@/lib/queries/errors";

/** More rows than this are not written to one file; its last line says that it was cut. */
const MAX_ROWS = 100_000;

type Row = Record<string, unknown>;

/** A table as it is exported. */
export interface Exported<Item extends Row> {
  /** Of the file, without its ending: `prod-prefixes`. */
  name: string;
  /** In this order; each is a field of the rows. */
  columns: readonly (keyof Item & string)[];
  /** One page: the first without a cursor. */
  readPage(cursor: string | undefined): Promise<{ items: Item[]; nextCursor: string | null }>;
}

/** `?format=csv` or `json`: a file of all rows is wanted. Null without it. Throws a `ParameterError`. */
export function readExportFormat(request: Request): "csv" | "json" | null {
  const format = new URL(request.url).searchParams.get("format");
  if (format === null || format === "") return null;
  if (format !== "csv" && format !== "json") throw new ParameterError("format", "must be csv or json");
  return format;
}

/**
 * All rows of a table as a file to download. The first page is read before anything is sent, so that a failure can still
 * be answered as one; a later failure breaks the download off.
 */
export async function exportResponse<Item extends Row>(
  format: "csv" | "json",
  table: Exported<Item>,
): Promise<Response> {
  const chunks = (format === "csv" ? writeCsv : writeJson)(table);
  const first = await chunks.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (!first.done) controller.enqueue(encoder.encode(first.value));
    },
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  const file = `${table.name.replace(/[^a-zA-Z0-9._-]/g, "_")}.${format}`;
  return new Response(body, {
    headers: {
      "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/json",
      "content-disposition": `attachment; filename="${file}"`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}

async function* writeCsv<Item extends Row>(table: Exported<Item>): AsyncGenerator<string, void, undefined> {
  let text = formatCsvRecord(table.columns);
  for await (const { items, isCut } of readPages(table)) {
    for (const item of items) text += formatCsvRecord(table.columns.map((column) => toCsvValue(item, column)));
    if (isCut) text += formatCsvRecord([`Only the first ${MAX_ROWS} rows are in this file.`]);
    yield text;
    text = "";
  }
}

async function* writeJson<Item extends Row>(table: Exported<Item>): AsyncGenerator<string, void, undefined> {
  let text = '{"items":[';
  let separator = "\n";
  let truncated = false;
  for await (const { items, isCut } of readPages(table)) {
    truncated ||= isCut;
    for (const item of items) {
      text += separator + JSON.stringify(item);
      separator = ",\n";
    }
    yield text;
    text = "";
  }
  yield `${text}\n],"truncated":${truncated}}\n`;
}

async function* readPages<Item extends Row>({ readPage }: Exported<Item>) {
  let left = MAX_ROWS;
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    const items = page.items.slice(0, left);
    left -= items.length;
    cursor = page.nextCursor ?? undefined;
    yield { items, isCut: items.length < page.items.length || (left === 0 && cursor !== undefined) };
  } while (cursor !== undefined && left > 0);
}

const BASE64_SUFFIX = "Base64";

/** A file has the exact bytes of every key beside its text, not only of those the text cannot carry. */
function toCsvValue(item: Row, column: string): CsvValue {
  const value = item[column];
  if (column.endsWith(BASE64_SUFFIX) && value === null) {
    const text = item[column.slice(0, -BASE64_SUFFIX.length)];
    return typeof text === "string" ? parseKeyText(text).toString("base64") : null;
  }
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.join(" ");
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}
