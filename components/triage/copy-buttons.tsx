"use client";

import { Check, ClipboardList, Link2 } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { clusterHref } from "@/components/shell/cluster-href";
import { permalinkSearch } from "@/components/triage/triage-search";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Dialog } from "@/components/ui/dialog";
import { clusterPath, getBytes } from "@/lib/api/get-json";
import type { TriageAnswer } from "@/lib/api/triage";

const COPIED_MS = 2_500;

/** Takes the answer along: as Markdown for the incident's channel, and as a link that shows the same tomorrow. */
export function CopyButtons({ cluster, answer }: { cluster: string; answer: TriageAnswer }) {
  const search = permalinkSearch(answer);
  return (
    <>
      <Copying
        name="Copy as Markdown"
        icon={<ClipboardList size={13} aria-hidden="true" />}
        readText={async () => {
          const bytes = await getBytes(clusterPath(cluster, "/triage"), { ...search, format: "md" });
          return new TextDecoder().decode(bytes);
        }}
      />
      <Copying
        name="Copy link"
        icon={<Link2 size={13} aria-hidden="true" />}
        readText={async () => window.location.origin + clusterHref(cluster, "triage", search)}
      />
    </>
  );
}

/** Copies a text and says so; where the browser has no clipboard for us, shows it to be copied by hand. */
function Copying({ name, icon, readText }: { name: string; icon: ReactNode; readText(): Promise<string> }) {
  const [state, setState] = useState<"idle" | "busy" | "copied" | "failed">("idle");
  const [byHand, setByHand] = useState<string | null>(null);
  useEffect(() => {
    if (state !== "copied" && state !== "failed") return;
    const timer = setTimeout(() => setState("idle"), COPIED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    setState("busy");
    const text = await readText().catch(() => null);
    if (text === null) return setState("failed");
    const isCopied = await writeClipboard(text);
    if (!isCopied) setByHand(text);
    setState(isCopied ? "copied" : "idle");
  };
  const told = state === "copied" ? "Copied" : state === "failed" ? "No answer" : null;
  return (
    <>
      <Button small busy={state === "busy"} onClick={() => void copy()}>
        {state === "copied" ? <Check size={13} aria-hidden="true" /> : state !== "busy" && icon}
        {told ?? name}
      </Button>
      <span className="visually-hidden" role="status">
        {told}
      </span>
      <Dialog
        wide
        open={byHand !== null}
        onOpenChange={(open) => !open && setByHand(null)}
        title={name}
        description="The browser gives the clipboard to pages over TLS only. Select the text and copy it."
      >
        <CodeBlock label={name} text={byHand ?? ""} />
      </Dialog>
    </>
  );
}

async function writeClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard === undefined) return false;
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}
