"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ConsistencyTable } from "@/components/members/consistency-table";
import { consistencySentence, hashCostWords } from "@/components/members/consistency-words";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Age } from "@/components/ui/time";
import { type ConsistencyAnswer, consistencyOptions, type HashCheckRow } from "@/lib/api/consistency";
import { clusterPath, sendJson } from "@/lib/api/get-json";

/** Hours between two comparisons; 0 stands for never. */
const RATES = [0, 1, 6, 24, 168] as const;
const DAY_HOURS = 24;

/** Whether the members of a cluster hold the same, and the means to find out. */
export function ConsistencyPanel({ cluster }: { cluster: string }) {
  const client = useQueryClient();
  const options = consistencyOptions(cluster);
  const { data, error, dataUpdatedAt } = useQuery(options);
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: options.queryKey }) };
  const compare = useMutation({
    mutationFn: () => sendJson<HashCheckRow>("POST", clusterPath(cluster, "/consistency"), {}),
    ...settled,
  });
  const change = useMutation({
    mutationFn: (hours: number) => sendJson("PATCH", clusterPath(cluster), { hashCheckHours: hours || null }),
    ...settled,
  });
  return (
    <Panel
      title="Consistency"
      note="Revisions are corrected for the time between two samples; key counts are as the members' metrics tell"
      actions={
        data !== undefined && (
          <>
            <RateSelect
              hours={change.isPending ? change.variables : (data.hashCheckHours ?? 0)}
              isBusy={change.isPending}
              onChange={(hours) => change.mutate(hours)}
            />
            <Button small busy={compare.isPending || data.isChecking} onClick={() => compare.mutate()}>
              {compare.isPending || data.isChecking ? "Comparing hashes" : "Compare hashes now"}
            </Button>
          </>
        )
      }
    >
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} />
      <ProblemNote error={compare.error ?? change.error} />
      {data !== undefined && <Standing answer={data} />}
    </Panel>
  );
}

function Standing({ answer }: { answer: ConsistencyAnswer }) {
  const [last] = answer.checks;
  return (
    <>
      <p className="settings-text">{consistencySentence(answer)}</p>
      {answer.items.length > 1 && <ConsistencyTable members={answer.items} results={last?.results ?? []} />}
      <LastCheck check={last} />
      <p className="muted settings-text">{hashCostWords(answer)}</p>
    </>
  );
}

function LastCheck({ check }: { check: HashCheckRow | undefined }) {
  if (check === undefined) return <p className="muted settings-text">The members' hashes were never compared.</p>;
  const tone = { equal: "good", different: "bad", incomparable: "warn" } as const;
  return (
    <p className="settings-text">
      <Badge tone={tone[check.verdict]}>{check.verdict}</Badge> {check.text} Compared <Age at={check.at} /> ago.
    </p>
  );
}

function RateSelect(props: { hours: number; isBusy: boolean; onChange(hours: number): void }) {
  const choices = [...new Set([...RATES, props.hours])].sort((a, b) => a - b);
  return (
    <select
      className="keep-select"
      aria-label="Compare hashes by itself"
      value={props.hours}
      disabled={props.isBusy}
      onChange={(event) => props.onChange(Number(event.target.value))}
    >
      {choices.map((hours) => (
        <option key={hours} value={hours}>
          {rateWords(hours)}
        </option>
      ))}
    </select>
  );
}

function rateWords(hours: number): string {
  if (hours === 0) return "only when asked";
  if (hours % DAY_HOURS !== 0) return hours === 1 ? "every hour" : `every ${hours} hours`;
  return hours === DAY_HOURS ? "every day" : `every ${hours / DAY_HOURS} days`;
}
