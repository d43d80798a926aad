"use client";

import type { MouseEvent, ReactNode } from "react";

/** A link whose plain click stays on the page: the view changes its URL itself. Every other click is the browser's. */
export function DrillLink(props: {
  href: string;
  onDrill(): void;
  className?: string;
  label?: string | undefined;
  isCurrent?: boolean;
  children: ReactNode;
}) {
  const onClick = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    props.onDrill();
  };
  return (
    <a
      href={props.href}
      className={props.className}
      onClick={onClick}
      aria-label={props.label}
      aria-current={props.isCurrent ? "page" : undefined}
    >
      {props.children}
    </a>
  );
}
