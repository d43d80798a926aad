"use client";

import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Unknown } from "@/components/keyspace/figures";
import styles from "@/components/members/members.module.css";
import { Badge, type Tone } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { toVisibleText } from "@/components/ui/visible-text";
import { type ConfigurationItem, configurationOptions } from "@/lib/api/member-configuration";

const VERDICTS: Record<ConfigurationItem["verdict"], { tone: Tone; word: string }> = {
  ok: { tone: "good", word: "in order" },
  warn: { tone: "warn", word: "look at it" },
  unknown: { tone: "neutral", word: "not known" },
};

/** How the members are set up, setting by setting, as far as they tell. */
export function ConfigurationPanel({ cluster }: { cluster: string }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(configurationOptions(cluster));
  if (data === undefined && error === null) return <Skeleton height={240} />;
  return (
    <>
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {data !== undefined && (
        <Panel flush title="Configuration" note={<OriginNote origin={data.origin} at={data.at} />}>
          {data.items.length === 0 ? (
            <Empty title="No member has been listed yet">They are asked for every ten seconds.</Empty>
          ) : (
            <section
              className={clsx("table-region", styles.configuration)}
              aria-label="Configuration, table"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
              tabIndex={0}
            >
              <table className="table" aria-label="Configuration">
                <thead>
                  <tr>
                    <th scope="col">Setting</th>
                    <th scope="col">Verdict</th>
                    <th scope="col">Values</th>
                    <th scope="col">What it means</th>
                  </tr>
                </thead>
                <tbody>
                  {data.items.map((item) => (
                    <Row key={item.id} item={item} />
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </Panel>
      )}
    </>
  );
}

function Row({ item }: { item: ConfigurationItem }) {
  const { tone, word } = VERDICTS[item.verdict];
  return (
    <tr>
      <th scope="row">{item.setting}</th>
      <td>
        <Badge tone={tone}>{word}</Badge>
      </td>
      <td>
        <Values values={item.values} />
      </td>
      <td>
        {toVisibleText(item.sentence)}{" "}
        <a href={item.source.url} target="_blank" rel="noreferrer">
          {item.source.name}
        </a>
      </td>
    </tr>
  );
}

/** One value where all members have the same, else one a member. */
function Values({ values }: { values: ConfigurationItem["values"] }) {
  const [first, ...others] = values;
  if (first === undefined) return null;
  if (others.every(({ value }) => value === first.value)) return <Value {...first} />;
  return (
    <ul className={styles.values}>
      {values.map((one) => (
        <li key={one.member}>
          <bdi className="muted">{toVisibleText(one.member)}</bdi> <Value {...one} />
        </li>
      ))}
    </ul>
  );
}

function Value({ value, why }: { value: string | null; why: string | null }) {
  return value === null ? <Unknown why={why ?? "not known"} /> : <span>{toVisibleText(value)}</span>;
}
