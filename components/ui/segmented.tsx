"use client";

import { useId } from "react";

export interface SegmentedOption<Value extends string> {
  value: Value;
  label: string;
}

/** One choice out of a few, all in sight: a radio group, so the arrow keys move it. */
export function Segmented<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly SegmentedOption<Value>[];
  onChange(value: Value): void;
  hideLabel?: boolean;
}) {
  const name = useId();
  const labelId = `${name}-label`;
  return (
    <div className="segmented" role="radiogroup" aria-labelledby={labelId}>
      <span id={labelId} className={props.hideLabel ? "visually-hidden" : "segmented-label"}>
        {props.label}
      </span>
      <div className="segmented-options">
        {props.options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === props.value}
              onChange={() => props.onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </div>
  );
}
