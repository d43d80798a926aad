import { clsx } from "clsx";
import Link from "next/link";
import { toVisibleRuns, toVisibleText, type VisibleRun } from "@/components/ui/visible-text";

const TAIL_LENGTH = 14;

/**
 * A key or prefix in its text form, whatever bytes it is made of. Cut by an ellipsis where there is no room, in the
 * middle (`fit="middle"`, the tail stays) or at the end; `fit="whole"` wraps. `relativeTo` drops a leading prefix.
 */
export function KeyName(props: {
  text: string;
  base64?: string | null;
  relativeTo?: string;
  href?: string;
  fit?: "end" | "middle" | "whole";
}) {
  const { text, relativeTo = "", href, fit = "end" } = props;
  const shown =
    relativeTo !== "" && text.length > relativeTo.length && text.startsWith(relativeTo)
      ? text.slice(relativeTo.length)
      : text;
  const className = clsx("key-name", fit !== "end" && fit);
  const title = toVisibleText(text);
  const content = <KeyRuns text={shown} fit={fit} />;
  if (href === undefined) {
    return (
      <bdi className={className} dir="ltr" title={title}>
        {content}
      </bdi>
    );
  }
  return (
    <Link className={className} dir="ltr" title={title} href={href} prefetch={false}>
      {content}
    </Link>
  );
}

function KeyRuns({ text, fit }: { text: string; fit: "end" | "middle" | "whole" }) {
  if (text === "") return <i>(empty)</i>;
  const runs = toVisibleRuns(text);
  if (fit !== "middle" || text.length <= TAIL_LENGTH * 2) return <span>{drawRuns(runs)}</span>;
  const { head, tail } = splitRuns(runs);
  return (
    <>
      <span>{drawRuns(head)}</span>
      <span>{drawRuns(tail)}</span>
    </>
  );
}

function drawRuns(runs: VisibleRun[]) {
  return runs.map((run, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: a run has no identity but its place
    if (run.isMark) return <i key={index}>{run.text}</i>;
    return run.text;
  });
}

/** Cuts the last few characters off, so that both halves stay in reading order. */
function splitRuns(runs: VisibleRun[]): { head: VisibleRun[]; tail: VisibleRun[] } {
  const head = [...runs];
  const tail: VisibleRun[] = [];
  for (let missing = TAIL_LENGTH; missing > 0 && head.length > 0; ) {
    const run = head.pop() as VisibleRun;
    const characters = [...run.text];
    if (run.isMark || characters.length <= missing) {
      tail.unshift(run);
      missing -= characters.length;
    } else {
      head.push({ text: characters.slice(0, -missing).join(""), isMark: false });
      tail.unshift({ text: characters.slice(-missing).join(""), isMark: false });
      missing = 0;
    }
  }
  return { head, tail };
}
