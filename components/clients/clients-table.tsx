"use client";

import { useMemo } from "react";
import { clientColumns } from "@/components/clients/client-columns";
import {
  CLIENT_GROUPS,
  type ClientGroup,
  type ClientsState,
  clientKey,
  clientsQuestion,
  findChosen,
} from "@/components/clients/clients-search";
import { useUrlState } from "@/components/shell/use-url-state";
import { DataTable } from "@/components/tables/data-table";
import styles from "@/components/traffic/traffic.module.css";
import { EXPORT_LIMIT } from "@/components/traffic/traffic-search";
import { useUrlSort } from "@/components/traffic/use-url-sort";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Segmented } from "@/components/ui/segmented";
import { toVisibleText } from "@/components/ui/visible-text";
import type { ClientRow, ClientsAnswer } from "@/lib/api/clients";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import type { TrafficDimension } from "@/lib/model/traffic";
import { formatDuration } from "@/lib/model/units";

const GROUP_WORDS: Record<ClientGroup, string> = {
  "userAgent,user,sourceAddress": "Each",
  "userAgent,user": "Agent and user",
  userAgent: "Agent",
  user: "User",
  sourceAddress: "Address",
};
const GROUPS = CLIENT_GROUPS.map((value) => ({ value, label: GROUP_WORDS[value] }));
/** The order the API answers in: patterns first, then what is new or louder. No column says it. */
const TROUBLE = { column: "trouble", order: "desc" } as const;

/** All clients: who, how much, against before, with what outcome, what they ask. */
export function ClientsTable(props: {
  cluster: string;
  answer: ClientsAnswer;
  state: ClientsState;
  onOpen(row: ClientRow): void;
  onClose(): void;
}) {
  const { cluster, answer, state } = props;
  const { patch } = useUrlState();
  // Another grouping's rows may still be shown while this one's are on their way: columns follow the rows.
  const group = CLIENT_GROUPS.find((one) => one === answer.groupBy.join()) ?? state.group;
  const source = answer.sources.find(({ source: one }) => one === answer.source);
  const knows = source?.knows.join() ?? "";
  const columns = useMemo(
    () => clientColumns(group, answer.source, knows.split(",") as TrafficDimension[]),
    [group, answer.source, knows],
  );
  const sorted = useUrlSort(answer.items, columns, TROUBLE);
  const chosen = findChosen(answer.items, state.chosen);
  const asked = { ...clientsQuestion(state), limit: EXPORT_LIMIT };
  return (
    <div className={styles.matrix}>
      <DataTable
        label="Clients"
        note={
          <>
            {beforeWords(answer)}
            {source && <OriginNote origin={source.origin} at={source.at} />}
          </>
        }
        actions={
          <span className={styles.tabs}>
            <Segmented
              hideLabel
              label="Group by"
              value={state.group}
              options={GROUPS}
              onChange={(next) =>
                patch({
                  groupBy: next === CLIENT_GROUPS[0] ? null : next,
                  userAgent: null,
                  user: null,
                  sourceAddress: null,
                })
              }
            />
          </span>
        }
        rows={sorted.rows}
        columns={columns}
        rowKey={clientKey}
        sort={sorted.sort}
        onSort={sorted.onSort}
        filterText={textOf}
        selectedKey={chosen === undefined ? null : clientKey(chosen)}
        exportHref={(format) => clusterPath(cluster, "/clients") + toSearch({ ...asked, format })}
        onActivate={props.onOpen}
        onBack={props.onClose}
        empty={<Empty title="No client in this time">The source watched, and nobody asked anything.</Empty>}
        footer={
          <span className={styles.foot}>
            Without another order: what does harm, then what is new, then what is louder than before.
            {sorted.sort.column !== TROUBLE.column && (
              <Button small onClick={() => patch({ sort: null, order: null })}>
                Back to that order
              </Button>
            )}
          </span>
        }
      />
    </div>
  );
}

function beforeWords({ before }: ClientsAnswer): string {
  if (before === null) return "the time before is not known ";
  const ms = Date.parse(before.to) - Date.parse(before.from);
  return before.observedSeconds === 0
    ? "the time before was not watched "
    : `against the ${formatDuration(ms)} before `;
}

function textOf(row: ClientRow): string {
  const texts = [row.userAgent, row.user, row.sourceAddress, row.resolvedName];
  const slices = [...row.topVerbs, ...row.topResources].map(({ name }) => name);
  return [...texts, ...slices, ...row.findings.map(({ title }) => title)]
    .filter((text) => text !== null)
    .map(toVisibleText)
    .join("\n");
}
