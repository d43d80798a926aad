import type { Column } from "@/components/tables/column";
import { formatCsvRecord } from "@/lib/model/csv";

/** Rows as CSV with the columns' ids as its head, or as a JSON array of objects. */
export function exportRows<Row>(format: "csv" | "json", columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const exported = columns.filter((column) => column.exported !== false);
  if (format === "json") {
    const objects = rows.map((row) => Object.fromEntries(exported.map((column) => [column.id, column.value(row)])));
    return `${JSON.stringify(objects, null, 2)}\n`;
  }
  const head = formatCsvRecord(exported.map((column) => column.id));
  return head + rows.map((row) => formatCsvRecord(exported.map((column) => column.value(row)))).join("");
}
