"use client";

import { useNow, useZone } from "@/components/ui/clock";
import { formatInstant, type InstantStyle } from "@/components/ui/format-instant";
import { formatDuration } from "@/lib/model/units";

/** An instant in the reader's time zone. `at` is RFC 3339 or epoch milliseconds. */
export function Time({ at, style = "instant" }: { at: string | number; style?: InstantStyle }) {
  const zone = useZone();
  const atMs = toMs(at);
  return (
    <time dateTime={toIso(atMs)} title={formatInstant(atMs, zone, "instant")}>
      {formatInstant(atMs, zone, style)}
    </time>
  );
}

/** How long ago an instant was, ticking: `48 s`. The caller says "ago" where it reads well. */
export function Age({ at }: { at: string | number }) {
  const atMs = toMs(at);
  const zone = useZone();
  const ageMs = Math.max(0, useNow() - atMs);
  return (
    <time dateTime={toIso(atMs)} title={formatInstant(atMs, zone, "instant")} className="tabular">
      {formatAge(ageMs)}
    </time>
  );
}

/** Whole seconds below ten: a figure that ticks once a second promises no tenths. */
export function formatAge(ageMs: number): string {
  return ageMs < 10_000 ? `${Math.floor(ageMs / 1_000)} s` : formatDuration(ageMs);
}

function toMs(at: string | number): number {
  return typeof at === "number" ? at : Date.parse(at);
}

function toIso(atMs: number): string {
  return new Date(atMs).toISOString();
}
