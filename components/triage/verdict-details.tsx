"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { NextSteps } from "@/components/triage/next-steps";
import { OwnChart } from "@/components/triage/own-chart";
import { subjectLinks } from "@/components/triage/triage-links";
import { formatFigure, shownText, subjectName, TIER_WORDS } from "@/components/triage/triage-words";
import styles from "@/components/triage/verdicts.module.css";
import { Time } from "@/components/ui/time";
import type { TriageAnswer, TriageCheck } from "@/lib/api/triage";

/** All there is to a verdict: its figure against its thresholds, its chart, what to do, and where to look on. */
export function VerdictDetails({
  cluster,
  answer,
  check,
}: {
  cluster: string;
  answer: TriageAnswer;
  check: TriageCheck;
}) {
  const explaining = answer.items.find(({ rule }) => rule === check.explainedBy);
  const links = subjectLinks(cluster, check.subject, { from: answer.calm.from, to: answer.window.to });
  const name = subjectName(check.subject);
  return (
    <div className={styles.details}>
      <dl className={styles.facts}>
        {name !== null && <Fact term={SUBJECT_WORDS[check.subject.kind]}>{shownText(name)}</Fact>}
        {check.figure !== null && (
          <Fact term={check.figure.label}>
            <b>{formatFigure(check.figure.value, check.figure.unit)}</b>
            {check.figure.calm !== null && (
              <span className="faint"> calm {formatFigure(check.figure.calm, check.figure.unit)}</span>
            )}
          </Fact>
        )}
        {check.thresholds.map((threshold) => (
          <Fact key={`${threshold.tier} ${threshold.value} ${threshold.source}`} term={TIER_WORDS[threshold.tier]}>
            {formatFigure(threshold.value, threshold.unit)} <Source {...threshold} />
          </Fact>
        ))}
        {check.startedAt !== null && (
          <Fact term="began">
            <Time at={check.startedAt} style="time" />
          </Fact>
        )}
        {explaining !== undefined && <Fact term="explained by">{explaining.title}</Fact>}
        <Fact term="check">
          {check.rule} <span className="faint">{check.name}</span>
        </Fact>
      </dl>
      <OwnChart answer={answer} seriesId={check.seriesId} />
      <NextSteps steps={check.next} />
      {links.length > 0 && (
        <p className={styles.links}>
          {links.map(({ href, words }) => (
            <Link key={words} className="link" href={href} prefetch={false}>
              {words}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}

const SUBJECT_WORDS = {
  cluster: "cluster",
  member: "member",
  prefix: "prefix",
  client: "client",
  verb: "verb",
} as const;

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Source({ source, sourceUrl }: { source: string; sourceUrl: string | null }) {
  if (sourceUrl === null || !sourceUrl.startsWith("https://")) return <span className="faint">{source}</span>;
  return (
    <a className={`link ${styles.factLink}`} href={sourceUrl} target="_blank" rel="noreferrer">
      {source}
    </a>
  );
}
