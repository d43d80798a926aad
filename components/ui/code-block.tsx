"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

const COPIED_MS = 2_000;

/** Text to be copied as it is: a command, a file. `label` names it for those who cannot see. */
export function CodeBlock({ label, text }: { label: string; text: string }) {
  return (
    <figure className="code-block" aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton label={label} text={text} />
    </figure>
  );
}

/** Copies a text; says so for two seconds, and that it failed where the browser does not let it. */
export function CopyButton({ label, text }: { label: string; text: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), COPIED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    copyText(text).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  return (
    <Button small className="copy-button" aria-label={`Copy: ${label}`} onClick={copy}>
      {state === "copied" ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      <span role="status">{state === "copied" ? "Copied" : state === "failed" ? "Select it and copy" : "Copy"}</span>
    </Button>
  );
}

/** Browsers offer the clipboard over TLS and on localhost only. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard === undefined) throw new Error("no clipboard here");
  await navigator.clipboard.writeText(text);
}
