"use client";

import { type ReactNode, useId } from "react";

/** A labelled text field with its hint or its fault below it. */
export function TextField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  hint?: ReactNode;
  error?: string | null;
  type?: "text" | "password";
  placeholder?: string;
  required?: boolean;
  rows?: number;
  mono?: boolean;
}) {
  const { label, value, onChange, hint, error = null, rows } = props;
  const id = useId();
  const shared = {
    id,
    value,
    className: props.mono ? "input mono" : "input",
    placeholder: props.placeholder,
    required: props.required,
    autoComplete: "off",
    spellCheck: false,
    "aria-invalid": error !== null,
    "aria-describedby": `${id}-note`,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? <input type={props.type ?? "text"} {...shared} /> : <textarea rows={rows} {...shared} />}
      <span
        id={`${id}-note`}
        className={error === null ? "field-hint" : "field-error"}
        role={error === null ? undefined : "alert"}
      >
        {error ?? hint}
      </span>
    </div>
  );
}
