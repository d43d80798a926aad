"use client";

import { useMemo } from "react";
import { TimeChart } from "@/components/charts/time-chart";
import { AgentRecipe } from "@/components/members/agent-recipe";
import { ConnectionsTable } from "@/components/members/connections-table";
import { againstMeanWords, connectionsWords } from "@/components/members/member-words";
import styles from "@/components/members/members.module.css";
import { Badge } from "@/components/ui/badge";
import { Bar } from "@/components/ui/bar";
import { Panel } from "@/components/ui/panel";
import { Age } from "@/components/ui/time";
import type { ConnectionsAnswer } from "@/lib/api/leases";

/** Above so many times the mean a member is named as unevenly used. */
const IMBALANCE = 2;

/** Who is connected to which member, and how evenly; or how to have it counted. */
export function Connections({ cluster, answer }: { cluster: string; answer: ConnectionsAnswer }) {
  if (answer.items.length === 0) return <AgentRecipe cluster={cluster} reason={answer.reason} />;
  return (
    <>
      <Balance answer={answer} />
      <ConnectionsChart answer={answer} />
      <ConnectionsTable answer={answer} />
    </>
  );
}

function Balance({ answer }: { answer: ConnectionsAnswer }) {
  const largest = Math.max(...answer.items.map(({ connections }) => connections), 1);
  return (
    <Panel title="Connections by member" note="Established connections, as the agent beside each member counts them">
      <ul className={styles.balance}>
        {answer.items.map(({ reporter, connections, againstMean, at }) => (
          <li key={reporter}>
            <b>{reporter}</b>
            <Bar
              ratio={connections / largest}
              label={`${reporter}, against the most used`}
              {...(isUneven(againstMean) && { tone: "warn" })}
            />
            <span className="tabular">{connectionsWords(connections)}</span>
            <span className="muted">
              {againstMeanWords(againstMean)} {isUneven(againstMean) && <Badge tone="warn">uneven</Badge>}
            </span>
            <span className="faint">
              <Age at={at} /> ago
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function isUneven(againstMean: number | null): boolean {
  return againstMean !== null && againstMean > IMBALANCE;
}

function ConnectionsChart({ answer }: { answer: ConnectionsAnswer }) {
  const { series, range, origin } = answer;
  const lines = useMemo(
    () => series.series.map(({ name, values }) => ({ id: name, label: name, values })),
    [series.series],
  );
  return (
    <TimeChart
      title="Connections over time"
      unit="connections"
      kind="lines"
      answer={{ atMs: series.atMs, stepSeconds: series.stepSeconds, range, origin }}
      series={lines}
      nothing="No agent reported in this time."
    />
  );
}
