import type { Column } from "@/components/tables/column";

/** What the rows of a table add up to, always in sight below them. */
export function TableTotal<Row>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) {
  return (
    <tfoot>
      <tr className="table-total">
        {columns.map((column) => (
          <td key={column.id} className={column.numeric ? "num" : undefined}>
            {column.cell === undefined ? column.value(row) : column.cell(row)}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}
