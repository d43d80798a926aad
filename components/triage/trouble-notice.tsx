"use client";

import { CircleAlert } from "lucide-react";
import Link from "next/link";
import { clusterHref } from "@/components/shell/cluster-href";
import styles from "@/components/triage/notice.module.css";
import { formatFigure, shownText } from "@/components/triage/triage-words";
import { useOpenTrouble } from "@/components/triage/use-open-trouble";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import type { FindingItem } from "@/lib/api/findings";
import type { SpikeItem } from "@/lib/api/spikes";
import { SPIKE_SIGNALS } from "@/lib/model/spikes";

/** One line on what goes on, and the way to why; nothing while all is well. */
export function TroubleNotice({ cluster }: { cluster: string }) {
  const { spikes, findings, count } = useOpenTrouble(cluster);
  const zone = useZone();
  const words = troubleWords(spikes, findings, zone);
  if (words === null) return null;
  return (
    <div className={styles.notice} role="status">
      <CircleAlert size={15} aria-hidden="true" />
      <span title={words}>
        {words}
        {count > 1 && <small> and {count - 1} more</small>}
      </span>
      <Link href={clusterHref(cluster, "triage")} prefetch={false}>
        Open Triage
      </Link>
    </div>
  );
}

/** What goes on in a line: slowness since when, else the worst finding. Null: nothing. */
export function troubleWords(
  spikes: readonly SpikeItem[],
  findings: readonly FindingItem[],
  zone: string,
): string | null {
  const clock = (at: string) => formatInstant(Date.parse(at), zone, "clock");
  const oldest = spikes.toSorted((left, right) => Date.parse(left.onset) - Date.parse(right.onset))[0];
  if (oldest !== undefined) {
    const what = `${SPIKE_SIGNALS[oldest.signal].label} of ${shownText(oldest.label, 60)}`;
    const usual = formatFigure(oldest.median, oldest.unit);
    return `Slow since ${clock(oldest.onset)}: ${what}, up to ${formatFigure(oldest.peak, oldest.unit)} where ${usual} is usual`;
  }
  const [worst] = findings;
  return worst === undefined
    ? null
    : `${shownText(worst.title, 120)} since ${clock(worst.openedAt)}: ${shownText(worst.text, 300)}`;
}
