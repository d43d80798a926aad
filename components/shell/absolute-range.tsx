"use client";

import { useId, useState } from "react";
import { type ChosenRange, toLocalField } from "@/components/shell/range-words";
import { Button } from "@/components/ui/button";
import { zoneName } from "@/components/ui/format-instant";
import { DEFAULT_PRESET, PRESET_MS } from "@/lib/model/time-range";

/** Two instants in the reader's zone; handed on as RFC 3339. */
export function AbsoluteRange(props: {
  chosen: ChosenRange;
  nowMs: number;
  zone: string;
  onChoose(from: string, to: string): void;
}) {
  const { chosen, nowMs, zone, onChoose } = props;
  const id = useId();
  const startMs = nowMs - PRESET_MS[chosen.preset ?? DEFAULT_PRESET];
  const [from, setFrom] = useState(() => toLocalField(toMs(chosen.from) ?? startMs));
  const [to, setTo] = useState(() => toLocalField(toMs(chosen.to) ?? nowMs));
  const isTurned = !(Date.parse(from) < Date.parse(to));
  return (
    <form
      className="range-absolute"
      aria-label="From and to"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isTurned) onChoose(new Date(from).toISOString(), new Date(to).toISOString());
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-from`}>From</label>
        <input
          id={`${id}-from`}
          className="input"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-to`}>To</label>
        <input
          id={`${id}-to`}
          className="input"
          type="datetime-local"
          value={to}
          aria-invalid={isTurned}
          aria-describedby={`${id}-note`}
          onChange={(event) => setTo(event.target.value)}
        />
        <span id={`${id}-note`} className={isTurned ? "field-error" : "field-hint"}>
          {isTurned ? "From must lie before To." : `Times are ${zoneName(nowMs, zone)} (${zone}).`}
        </span>
      </div>
      <Button type="submit" kind="primary" disabled={isTurned}>
        Show this time
      </Button>
    </form>
  );
}

function toMs(instant: string | null): number | null {
  const atMs = instant === null ? Number.NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? null : atMs;
}
