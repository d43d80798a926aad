"use client";

import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";

/** A browser clock that differs by less is believed. */
const BELIEVED_SKEW_MS = 30_000;

interface Clock {
  /** The server's instant the page was drawn at; what hydration must repeat. */
  drawnAtMs: number;
  /** To add to the browser's clock, so that ages are right on a machine whose clock is not. */
  skewMs: number;
}

const ClockContext = createContext<Clock>({ drawnAtMs: 0, skewMs: 0 });

/** Carries the server's clock to the browser. */
export function ClockProvider({ drawnAtMs, children }: { drawnAtMs: number; children: ReactNode }) {
  const [clock] = useState(() => {
    const aheadMs = drawnAtMs - Date.now();
    return { drawnAtMs, skewMs: Math.abs(aheadMs) > BELIEVED_SKEW_MS ? aheadMs : 0 };
  });
  return <ClockContext value={clock}>{children}</ClockContext>;
}

/** Now, in epoch milliseconds, renewed every `stepMs`; the same on the server and at hydration. */
export function useNow(stepMs = 1_000): number {
  const { drawnAtMs, skewMs } = useContext(ClockContext);
  return useSyncExternalStore(
    (onTick) => {
      const timer = setInterval(onTick, stepMs);
      return () => clearInterval(timer);
    },
    () => Math.floor((Date.now() + skewMs) / stepMs) * stepMs,
    () => drawnAtMs,
  );
}

/** The reader's time zone: "UTC" on the server and at hydration, then the browser's. */
export function useZone(): string {
  return useSyncExternalStore(
    () => () => {},
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
}
