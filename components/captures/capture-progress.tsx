"use client";

import { progressOf, STATE_WORDS } from "@/components/captures/capture-words";
import styles from "@/components/captures/captures.module.css";
import { useNow } from "@/components/ui/clock";
import type { CaptureItem } from "@/lib/api/captures";

/** How far a capture is: a bar, and the seconds there are to go. */
export function CaptureProgress({ capture }: { capture: CaptureItem }) {
  const ratio = progressOf(capture, useNow());
  const leftSeconds = Math.ceil(capture.seconds * (1 - ratio));
  const words = capture.state === "running" && leftSeconds === 0 ? "Writing the report" : `${leftSeconds} s to go`;
  return (
    <div className={styles.progress}>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="The capture"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(ratio * 100)}
      >
        <i style={{ width: `${ratio * 100}%` }} />
      </div>
      <p className="faint tabular">
        {STATE_WORDS[capture.state]}
        {capture.state === "running" && ` · ${words}`}
        {capture.state === "waiting" && " · the worker takes it up in a moment"}
      </p>
    </div>
  );
}
