"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { DrillLink } from "@/components/keyspace/drill-link";
import styles from "@/components/keyspace/keyspace.module.css";
import { KeyName } from "@/components/ui/key-name";
import { listPrefixParts } from "@/lib/model/prefix-parts";

const SHOWN_FIRST = 2;
const SHOWN_LAST = 4;

/** The way to a prefix or key, each part of it a link to what lies there. Long ways lose their middle. */
export function Breadcrumb(props: { text: string; hrefOf(prefix: string): string; onOpen?(prefix: string): void }) {
  const { text, hrefOf, onOpen } = props;
  const parts = listPrefixParts(text);
  const hidden = parts.slice(SHOWN_FIRST, -SHOWN_LAST);
  const shown = hidden.length > 1 ? [...parts.slice(0, SHOWN_FIRST), null, ...parts.slice(-SHOWN_LAST)] : parts;
  const link = (prefix: string, content: ReactNode, label?: string) =>
    onOpen === undefined ? (
      <Link
        href={hrefOf(prefix)}
        prefetch={false}
        aria-label={label}
        aria-current={prefix === text ? "page" : undefined}
      >
        {content}
      </Link>
    ) : (
      <DrillLink href={hrefOf(prefix)} onDrill={() => onOpen(prefix)} label={label} isCurrent={prefix === text}>
        {content}
      </DrillLink>
    );
  return (
    <nav className={styles.crumbs} aria-label="Way to this prefix">
      <ol>
        <li>{link("", <span className={styles.all}>All keys</span>)}</li>
        {shown.map((part) =>
          part === null ? (
            <li key="…">{link(hidden.at(-1)?.prefix ?? "", "…", `${hidden.length} more levels`)}</li>
          ) : (
            <li key={part.prefix}>{link(part.prefix, <KeyName text={part.label} />)}</li>
          ),
        )}
      </ol>
    </nav>
  );
}
