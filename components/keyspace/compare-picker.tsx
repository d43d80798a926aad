"use client";

import { Check, GitCompareArrows } from "lucide-react";
import { useId, useState } from "react";
import { instantWords, PRESET_WORDS } from "@/components/keyspace/compare-words";
import { toLocalField } from "@/components/shell/range-words";
import { Button } from "@/components/ui/button";
import { useNow, useZone } from "@/components/ui/clock";
import { zoneName } from "@/components/ui/format-instant";
import { Popover } from "@/components/ui/popover";
import { COMPARE_PRESETS, type ComparePreset } from "@/lib/api/compare";

const DAY_MS = 86_400_000;

/** With which earlier time one compares: none, so long ago, or an instant. */
export function ComparePicker({
  value,
  onChange,
}: {
  value: string | null;
  /** Null: do not compare. */
  onChange(value: string | null): void;
}) {
  const zone = useZone();
  const [isOpen, setOpen] = useState(false);
  const choose = (chosen: string | null) => {
    onChange(chosen);
    setOpen(false);
  };
  const nowMs = useNow(60_000);
  const words = compareWords(value, nowMs, zone);
  return (
    <Popover
      label="Compare with"
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button aria-label={`Compare: ${words}`}>
          <GitCompareArrows size={13} aria-hidden="true" />
          Compare: {words}
        </Button>
      }
    >
      <div className="range-picker">
        <ul aria-label="Compare with">
          <Choice label="Off" isChosen={value === null} onChoose={() => choose(null)} />
          {COMPARE_PRESETS.map((preset) => (
            <Choice
              key={preset}
              label={PRESET_WORDS[preset]}
              isChosen={preset === value}
              onChoose={() => choose(preset)}
            />
          ))}
        </ul>
        <InstantForm value={value} zone={zone} onChoose={choose} />
      </div>
    </Popover>
  );
}

function compareWords(value: string | null, nowMs: number, zone: string): string {
  if (value === null) return "off";
  return value in PRESET_WORDS ? PRESET_WORDS[value as ComparePreset] : instantWords(Date.parse(value), nowMs, zone);
}

function Choice({ label, isChosen, onChoose }: { label: string; isChosen: boolean; onChoose(): void }) {
  return (
    <li>
      <button type="button" aria-pressed={isChosen} onClick={onChoose}>
        {label}
        {isChosen && <Check size={13} aria-hidden="true" />}
      </button>
    </li>
  );
}

/** An instant in the reader's zone; handed on as RFC 3339. */
function InstantForm({ value, zone, onChoose }: { value: string | null; zone: string; onChoose(at: string): void }) {
  const id = useId();
  const nowMs = useNow(60_000);
  const chosenMs = value === null ? Number.NaN : Date.parse(value);
  const [at, setAt] = useState(() => toLocalField(Number.isNaN(chosenMs) ? nowMs - DAY_MS : chosenMs));
  const isWrong = !(Date.parse(at) < nowMs);
  return (
    <form
      className="range-absolute"
      aria-label="An instant"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onChoose(new Date(at).toISOString());
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-at`}>An instant</label>
        <input
          id={`${id}-at`}
          className="input"
          type="datetime-local"
          value={at}
          aria-invalid={isWrong}
          aria-describedby={`${id}-note`}
          onChange={(event) => setAt(event.target.value)}
        />
        <span id={`${id}-note`} className={isWrong ? "field-error" : "field-hint"}>
          {isWrong ? "It must lie in the past." : `Times are ${zoneName(nowMs, zone)} (${zone}).`}
        </span>
      </div>
      <Button type="submit" kind="primary" disabled={isWrong}>
        Compare with it
      </Button>
    </form>
  );
}
