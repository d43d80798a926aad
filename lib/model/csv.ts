/** What a cell of a table may hold. */
export type CsvValue = string | number | boolean | null;

/**
 * One record as RFC 4180 writes it, line end included. Text that a spreadsheet would take for a formula gets a leading
 * `'`; control characters are written `\xNN`, as `lib/model/key-text.ts` reads them, so that a record is one line and
 * the file holds no NUL.
 */
export function formatCsvRecord(values: readonly CsvValue[]): string {
  return `${values.map(formatCell).join(",")}\r\n`;
}

// What Excel, LibreOffice and Sheets begin a formula with, wide forms included, also behind white space.
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const CONTROL = /[\u0000-\u001f\u007f]/g;
const NEEDS_QUOTES = /[",]|^\s|\s$/;

function formatCell(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const visible = value.replace(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const guarded = FORMULA.test(value) ? `'${visible}` : visible;
  return NEEDS_QUOTES.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
