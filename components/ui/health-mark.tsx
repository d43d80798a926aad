import type { ReactNode } from "react";

export type Health = "ok" | "degraded" | "failed" | "paused" | "unknown";

/** The word for a health, as it stands beside its mark. */
export const HEALTH_WORDS: Record<Health, string> = {
  ok: "Healthy",
  degraded: "Degraded",
  failed: "Failing",
  paused: "Paused",
  unknown: "Starting",
};

const SHAPES: Record<Health, ReactNode> = {
  ok: <circle cx="5" cy="5" r="4" fill="var(--good)" />,
  degraded: <path d="M5 .8 9.6 9H.4Z" fill="var(--warn)" />,
  failed: <rect x="1" y="1" width="8" height="8" rx="1.5" fill="var(--bad)" />,
  paused: <path d="M2 1h2v8H2zM6 1h2v8H6z" fill="var(--faint)" />,
  unknown: <circle cx="5" cy="5" r="3.5" fill="none" stroke="var(--faint)" strokeWidth="1.5" />,
};

/** The state of a cluster by shape and colour; the word belongs beside it. */
export function HealthMark({ health }: { health: Health }) {
  return (
    <svg className="health-mark" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      {SHAPES[health]}
    </svg>
  );
}

/** The state of a cluster, mark and word. */
export function HealthLabel({ health }: { health: Health }) {
  return (
    <span className="health">
      <HealthMark health={health} />
      {HEALTH_WORDS[health]}
    </span>
  );
}
