"use client";

import { useId, useState } from "react";
import type { Span } from "@/components/triage/triage-search";
import { Button } from "@/components/ui/button";
import { useZone } from "@/components/ui/clock";
import { zoneName } from "@/components/ui/format-instant";

/** Two instants to the second, in the reader's zone. `name` is what they are of: the window, the calm time. */
export function WindowPicker({ name, span, onChoose }: { name: string; span: Span; onChoose(span: Span): void }) {
  const id = useId();
  const zone = useZone();
  const [from, setFrom] = useState(() => toLocalSecond(span.from));
  const [to, setTo] = useState(() => toLocalSecond(span.to));
  const isTurned = !(Date.parse(from) < Date.parse(to));
  return (
    <form
      className="range-absolute"
      aria-label={`${name}, from and to`}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isTurned) onChoose({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-from`}>{name} from</label>
        <input
          id={`${id}-from`}
          className="input"
          type="datetime-local"
          step={1}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-to`}>{name} to</label>
        <input
          id={`${id}-to`}
          className="input"
          type="datetime-local"
          step={1}
          value={to}
          aria-invalid={isTurned}
          aria-describedby={`${id}-note`}
          onChange={(event) => setTo(event.target.value)}
        />
        <span id={`${id}-note`} className={isTurned ? "field-error" : "field-hint"}>
          {isTurned ? "From must lie before To." : `Times are ${zoneName(Date.parse(span.from), zone)} (${zone}).`}
        </span>
      </div>
      <Button type="submit" kind="primary" disabled={isTurned}>
        Look at this time
      </Button>
    </form>
  );
}

/** `2026-11-21T14:02:11`, in the browser's own zone. */
function toLocalSecond(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
