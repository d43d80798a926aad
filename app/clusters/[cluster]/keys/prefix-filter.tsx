"use client";

import { useId, useState } from "react";
import styles from "@/components/keyspace/keyspace.module.css";
import { Button } from "@/components/ui/button";

/** Narrows the list to keys that begin with a prefix: any bytes, `\xNN` for those that are no text. */
export function PrefixFilter({ prefix, onChange }: { prefix: string; onChange(prefix: string): void }) {
  const [text, setText] = useState(prefix);
  const id = useId();
  return (
    <form
      className={styles.prefixFilter}
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text);
      }}
    >
      <label htmlFor={id}>Begins with</label>
      <input
        id={id}
        className="input mono"
        value={text}
        placeholder="any prefix, such as /registry/pods/"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={text === prefix}>
        Apply
      </Button>
      {prefix !== "" && (
        <Button kind="quiet" onClick={() => onChange("")}>
          Clear
        </Button>
      )}
    </form>
  );
}
