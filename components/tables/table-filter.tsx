"use client";

import { ListFilter } from "lucide-react";

/** The text box that narrows a table. Down goes to the rows, Escape clears it. */
export function TableFilter(props: { label: string; value: string; onChange(value: string): void; onLeave(): void }) {
  return (
    <span className="table-filter">
      <ListFilter size={13} aria-hidden="true" />
      <input
        className="input"
        type="text"
        placeholder="Filter"
        autoComplete="off"
        spellCheck={false}
        aria-label={`Filter ${props.label}`}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && props.value !== "") props.onChange("");
          else if (event.key === "ArrowDown" || event.key === "Enter") props.onLeave();
          else return;
          event.preventDefault();
        }}
      />
    </span>
  );
}
