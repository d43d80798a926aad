"use client";

import { Check, Clock } from "lucide-react";
import { useState } from "react";
import { AbsoluteRange } from "@/components/shell/absolute-range";
import { PRESET_WORDS, parseChosenRange, rangeWords } from "@/components/shell/range-words";
import { useUrlState } from "@/components/shell/use-url-state";
import { useNow, useZone } from "@/components/ui/clock";
import { zoneName } from "@/components/ui/format-instant";
import { Popover } from "@/components/ui/popover";
import { DEFAULT_PRESET, type TimePreset } from "@/lib/model/time-range";

/** Which time is looked at: a preset or two instants, in the URL. */
export function RangePicker() {
  const { params, patch } = useUrlState();
  const zone = useZone();
  const nowMs = useNow(60_000);
  const [isOpen, setOpen] = useState(false);
  const chosen = parseChosenRange(params);
  const choose = (changes: { range: string | null; from: string | null; to: string | null }) => {
    patch(changes, { push: true });
    setOpen(false);
  };
  return (
    <Popover
      label="Time range"
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="pill" aria-label={`Time range: ${rangeWords(chosen, zone)}`}>
          <Clock size={13} aria-hidden="true" />
          <span className="range-words">{rangeWords(chosen, zone)}</span>
          <span className="faint hide-narrow">{zoneName(nowMs, zone)}</span>
        </button>
      }
    >
      <div className="range-picker">
        <ul aria-label="Up to now">
          {(Object.keys(PRESET_WORDS) as TimePreset[]).map((preset) => (
            <li key={preset}>
              <button
                type="button"
                aria-pressed={preset === chosen.preset}
                onClick={() => choose({ range: preset === DEFAULT_PRESET ? null : preset, from: null, to: null })}
              >
                {PRESET_WORDS[preset]}
                {preset === chosen.preset && <Check size={13} aria-hidden="true" />}
              </button>
            </li>
          ))}
        </ul>
        <AbsoluteRange
          chosen={chosen}
          nowMs={nowMs}
          zone={zone}
          onChoose={(from, to) => choose({ range: null, from, to })}
        />
      </div>
    </Popover>
  );
}
