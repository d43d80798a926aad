"use client";

import { Download } from "lucide-react";

const MIME = { csv: "text/csv", json: "application/json" } as const;
const FORMATS = ["csv", "json"] as const;

export type ExportFormat = (typeof FORMATS)[number];

/**
 * Takes a table home as CSV or JSON: from the API where `href` is given (all rows, not only those on screen), else from
 * the rows on screen.
 */
export function ExportLinks(props: {
  label: string;
  href?: ((format: ExportFormat) => string) | undefined;
  content(format: ExportFormat): string;
}) {
  const { label, href, content } = props;
  return (
    <span className="export-links">
      <Download size={13} aria-hidden="true" />
      {FORMATS.map((format) => {
        const name = `Export ${label} as ${format.toUpperCase()}`;
        return href === undefined ? (
          <button key={format} type="button" aria-label={name} onClick={() => saveFile(label, format, content(format))}>
            {format.toUpperCase()}
          </button>
        ) : (
          <a key={format} href={href(format)} download={fileName(label, format)} aria-label={name}>
            {format.toUpperCase()}
          </a>
        );
      })}
    </span>
  );
}

function saveFile(label: string, format: ExportFormat, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${MIME[format]};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(label, format);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

function fileName(label: string, format: ExportFormat): string {
  const stem = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${stem.slice(0, 60) || "table"}.${format}`;
}
