"use client";

import type { ReactNode } from "react";
import { useNow } from "@/components/ui/clock";
import { formatAge, Time } from "@/components/ui/time";
import { Tooltip } from "@/components/ui/tooltip";
import { formatCount } from "@/lib/model/units";

const MEANING = {
  exact: "Counted from every change etcd reported. Nothing was missed.",
  sampled: "Read from etcd at an interval; it may have moved since.",
  estimated: "Computed from other figures, with the error given beside it.",
} as const;

/** Says how a figure came about and how old it is; explains itself on hover and focus. */
export function OriginNote(props: {
  origin: "exact" | "sampled" | "estimated";
  at?: string | number | null;
  revision?: number | null;
  children?: ReactNode;
}) {
  const { origin, at = null, revision = null, children } = props;
  const explanation = (
    <>
      {MEANING[origin]}
      {revision !== null && <> Complete up to revision {formatCount(revision)}.</>}
      {at !== null && (
        <>
          {" "}
          As of <Time at={at} />.
        </>
      )}
    </>
  );
  return (
    <Tooltip text={explanation}>
      <button type="button" className="origin">
        {children ?? <OriginWords origin={origin} at={at} />}
      </button>
    </Tooltip>
  );
}

function OriginWords({ origin, at }: { origin: string; at: string | number | null }) {
  if (origin !== "sampled" || at === null) return origin;
  return (
    <>
      sampled <SampleAge at={at} /> ago
    </>
  );
}

function SampleAge({ at }: { at: string | number }) {
  const ageMs = Math.max(0, useNow() - (typeof at === "number" ? at : Date.parse(at)));
  return <span className="tabular">{formatAge(ageMs)}</span>;
}
