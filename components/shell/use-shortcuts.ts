"use client";

import { useEffect, useEffectEvent } from "react";

/** The keys that work on every page: `/` and Ctrl/Cmd-K search, `?` helps. Typing in a field is left alone. */
export function useShortcuts({ onSearch, onHelp }: { onSearch(): void; onHelp(): void }): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey) return;
    const withCommand = event.ctrlKey || event.metaKey;
    if (withCommand && event.key.toLowerCase() === "k") onSearch();
    else if (withCommand || isTyping(event.target)) return;
    else if (event.key === "/") onSearch();
    else if (event.key === "?") onHelp();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches("input:not([type=radio]), textarea, select, [contenteditable]")
  );
}
