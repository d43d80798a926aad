import { Fragment } from "react";
import { type CornerSum, churnName, cornerSentence } from "@/components/churn/churn-words";
import { KeyName } from "@/components/ui/key-name";
import type { ChurnAnswer } from "@/lib/api/churn";
import type { Corner } from "@/lib/model/churn";
import { formatRatio } from "@/lib/model/units";

const NAMED = 3;
/** A corner that holds less than this of the bytes is not worth a sentence. */
const WORTH_SAYING = 0.05;

/** The answer of the page as its heading. */
export function churnHeadline(answer: ChurnAnswer, sums: Record<Corner, CornerSum>): string {
  if (answer.range.observedSeconds === 0) return "Sizes are known; what was written in this time is not";
  const both = sums["large-busy"];
  if (answer.parent?.writtenShare === null) return "Nothing was written here in this time";
  return both.rows.length === 0 ? "No prefix here is both large and busy" : cornerSentence(both);
}

/** What is in the corners that matter, by name. */
export function ChurnLede({ sums, parent }: { sums: Record<Corner, CornerSum>; parent: string }) {
  const both = sums["large-busy"];
  const still = sums["large-still"];
  const busy = sums["small-busy"];
  return (
    <>
      {both.rows.length > 0 && (
        <>
          <Names sum={both} parent={parent} />: large and busy, so the first to split off.{" "}
        </>
      )}
      {still.liveShare >= WORTH_SAYING && (
        <>
          <Names sum={still} parent={parent} />: {formatRatio(still.liveShare)} of the bytes, hardly written; clean up
          or move out.{" "}
        </>
      )}
      {busy.writtenShare >= WORTH_SAYING && (
        <>
          <Names sum={busy} parent={parent} />: small, yet {formatRatio(busy.writtenShare)} of the written bytes; look
          for fat hot keys and loops.
        </>
      )}
    </>
  );
}

function Names({ sum, parent }: { sum: CornerSum; parent: string }) {
  const more = sum.rows.length - NAMED;
  return (
    <>
      {sum.rows.slice(0, NAMED).map((row, i) => (
        <Fragment key={`${row.kind} ${row.prefix}`}>
          {i > 0 && ", "}
          {row.kind === "prefix" ? <KeyName text={churnName(row, parent)} /> : churnName(row, parent)}
        </Fragment>
      ))}
      {more > 0 && ` and ${more} more`}
    </>
  );
}
