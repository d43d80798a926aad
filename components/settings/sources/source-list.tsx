"use client";

import { useState } from "react";
import { SourceDialog } from "@/components/settings/sources/source-dialog";
import { SourceItem } from "@/components/settings/sources/source-item";
import styles from "@/components/settings/sources/sources.module.css";
import { Panel } from "@/components/ui/panel";
import type { SourceRow, SourcesAnswer } from "@/lib/api/sources";

/** The sources of a cluster, each with its state, what it tells and what has to be set for it. */
export function SourceList({ cluster, answer }: { cluster: string; answer: SourcesAnswer }) {
  const [opened, setOpened] = useState<SourceRow | null>(null);
  return (
    <Panel flush title="Sources" note={answer.editable ? undefined : FIXED}>
      <ul className={styles.sources}>
        {answer.items.map((row) => (
          <SourceItem
            key={row.source}
            cluster={cluster}
            row={row}
            isEditable={answer.editable}
            onSetUp={() => setOpened(row)}
          />
        ))}
      </ul>
      {opened !== null && <SourceDialog cluster={cluster} row={opened} onClose={() => setOpened(null)} />}
    </Panel>
  );
}

const FIXED = "Set by the configuration file or the demo: not changed here";
