"use client";

import { FileUp, X } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";

/** PEM text, pasted or read from a file in the browser. */
export function PemField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  error?: string | null;
}) {
  const { label, value, onChange, error = null } = props;
  const id = useId();
  const fileRef = useRef<HTMLInputElement>(null);
  const [fileName, setFileName] = useState<string | null>(null);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    onChange(await file.text());
    setFileName(file.name);
  };
  return (
    <div className="field">
      <div className="pem-head">
        <label htmlFor={id}>{label}</label>
        <Button small kind="quiet" onClick={() => fileRef.current?.click()} aria-label={`Choose a file: ${label}`}>
          <FileUp size={13} aria-hidden="true" />
          {fileName ?? "Choose a file"}
        </Button>
        {value !== "" && (
          <Button
            small
            iconOnly
            kind="quiet"
            aria-label={`Clear: ${label}`}
            onClick={() => {
              onChange("");
              setFileName(null);
            }}
          >
            <X size={13} aria-hidden="true" />
          </Button>
        )}
      </div>
      <textarea
        id={id}
        className="input mono"
        rows={2}
        placeholder="-----BEGIN …"
        spellCheck={false}
        autoComplete="off"
        value={value}
        aria-invalid={error !== null}
        aria-describedby={`${id}-note`}
        onChange={(event) => {
          setFileName(null);
          onChange(event.target.value);
        }}
      />
      <input
        ref={fileRef}
        type="file"
        hidden
        aria-label={label}
        accept=".pem,.crt,.cer,.key,.cert"
        onChange={(event) => take(event.target.files?.[0])}
      />
      <span id={`${id}-note`} className="field-error" role={error === null ? undefined : "alert"}>
        {error}
      </span>
    </div>
  );
}
