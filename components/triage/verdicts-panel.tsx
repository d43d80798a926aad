"use client";

import Link from "next/link";
import { sourcesHref } from "@/components/settings/settings-pages";
import { useUrlState } from "@/components/shell/use-url-state";
import { isHeard } from "@/components/triage/is-heard";
import { RichText } from "@/components/triage/rich-text";
import { readTriageState } from "@/components/triage/triage-search";
import { countsWords } from "@/components/triage/triage-words";
import { RuledOutItem, VerdictItem } from "@/components/triage/verdict-item";
import { VerdictMark } from "@/components/triage/verdict-mark";
import styles from "@/components/triage/verdicts.module.css";
import { Panel } from "@/components/ui/panel";
import type { TriageAnswer, TriageCheck } from "@/lib/api/triage";

/** What every check says: causes and what contributes, then what it is not, then what nobody tells. */
export function VerdictsPanel({ cluster, answer }: { cluster: string; answer: TriageAnswer }) {
  const { params, patch } = useUrlState();
  const open = readTriageState(params).verdict;
  const propsOf = (check: TriageCheck) => ({
    cluster,
    answer,
    check,
    isOpen: open === check.rule,
    onToggle: () => patch({ verdict: open === check.rule ? null : check.rule }),
  });
  const heard = answer.items.filter(({ verdict }) => verdict === "likely-cause" || verdict === "contributing");
  const ruledOut = answer.items.filter(({ verdict }) => verdict === "ruled-out");
  const unknown = answer.items.filter(({ verdict }) => verdict === "no-data");
  return (
    <Panel flush title="Verdicts" note={countsWords(answer.counts)}>
      <ul className={styles.verdicts} aria-label="Causes and what contributes">
        {heard.map((check) => (
          <VerdictItem key={check.rule} {...propsOf(check)} />
        ))}
        {heard.length === 0 && (
          <li className={styles.nothing}>
            {isHeard(answer)
              ? "No cause was found, and nothing out of its limits in this window."
              : "Whether there was a cause is not known: no source told of this window."}
          </li>
        )}
      </ul>
      {ruledOut.length > 0 && (
        <section className={styles.group} aria-label="Ruled out">
          <p className={styles.groupHead}>
            <VerdictMark verdict="ruled-out" /> What it is not, each with its number
          </p>
          <ul className={styles.ruledOuts}>
            {ruledOut.map((check) => (
              <RuledOutItem key={check.rule} {...propsOf(check)} />
            ))}
          </ul>
        </section>
      )}
      {unknown.length > 0 && <NoData cluster={cluster} checks={unknown} />}
    </Panel>
  );
}

/** What cannot be said, by what would tell it. */
function NoData({ cluster, checks }: { cluster: string; checks: readonly TriageCheck[] }) {
  const groups = groupByNeeds(checks);
  return (
    <section className={styles.group} aria-label="No data">
      <p className={styles.groupHead}>
        <VerdictMark verdict="no-data" /> What nobody tells, and what would
        <Link className="link" href={sourcesHref(cluster)} prefetch={false}>
          Open the sources
        </Link>
      </p>
      <ul className={styles.noData}>
        {groups.map(({ needs, titles }) => (
          <li key={needs}>
            <b>{titles.join(" · ")}</b> <RichText text={needs} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Checks that need the same are told together; what a check without a need says is its text. */
export function groupByNeeds(checks: readonly TriageCheck[]): { needs: string; titles: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { needs, text, title } of checks) {
    const key = needs ?? text;
    const titles = groups.get(key);
    if (titles === undefined) groups.set(key, [title]);
    else titles.push(title);
  }
  return [...groups].map(([needs, titles]) => ({ needs, titles }));
}
