import { toSentence } from "@/components/ui/sentence";
import type { LeasesAnswer } from "@/lib/api/leases";
import { formatCount, formatDuration } from "@/lib/model/units";

/** A page's heading and the line below it. */
export interface LeaseSentences {
  title: string;
  lede: string;
}

/** What is known of the leases, in a sentence and the one that follows from it. */
export function leaseSentences(answer: LeasesAnswer): LeaseSentences {
  const { leases, leasedKeys, reason } = answer;
  if (leases === null) {
    return {
      title: "How many leases there are is not known",
      lede: toSentence(reason ?? "Nobody looked in this time."),
    };
  }
  if (leases === 0) return { title: "There is no lease", lede: "No key goes away by itself here." };
  const held = leasedKeys === null ? "" : `, with ${countOf(leasedKeys, "key")} attached`;
  return { title: `${countOf(leases, "lease")}${held}`, lede: orphanSentence(answer) };
}

/** How many leases hold nothing: of those asked, and what that means for all. */
function orphanSentence({ leases, sampledLeases, orphans, estimatedOrphans }: LeasesAnswer): string {
  if (sampledLeases === null || sampledLeases === 0 || orphans === null || estimatedOrphans === null) {
    return "Which of them hold no key is not known: no lease told its keys.";
  }
  const isWhole = sampledLeases >= (leases ?? 0);
  if (isWhole) {
    return orphans === 0
      ? "Every one of them holds a key."
      : `${countOf(orphans, "lease")} of them ${orphans === 1 ? "holds" : "hold"} no key.`;
  }
  const { leases: likely, low, high } = estimatedOrphans;
  if (orphans === 0) {
    return `Of ${formatCount(sampledLeases)} asked every one holds a key; at most ${formatCount(high)} of all hold none.`;
  }
  return `Of ${formatCount(sampledLeases)} asked ${formatCount(orphans)} hold no key: about ${formatCount(likely)} of all, between ${formatCount(low)} and ${formatCount(high)}.`;
}

/** "1 lease", "1,204 leases". */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;
}

/** One bar of a distribution. */
export interface Share {
  label: string;
  leases: number;
}

/** Leases by the time they were granted; with what is not kept apart at the end. */
export function ttlShares({ grantedTtls, otherTtlLeases }: LeasesAnswer): Share[] {
  const shares = grantedTtls.map(({ ttlSeconds, leases }) => ({ label: formatDuration(ttlSeconds * 1_000), leases }));
  return otherTtlLeases === 0 ? shares : [...shares, { label: "others", leases: otherTtlLeases }];
}

/** Leases by the share of their time that is left, least first. */
export function remainingShares({ remainingTenths }: LeasesAnswer): Share[] {
  return remainingTenths.map((leases, tenth) => ({ label: `${tenth * 10}–${tenth * 10 + 10} %`, leases }));
}

/** Leases by how many keys hang on them. */
export function keyShares({ keysPerLease }: LeasesAnswer): Share[] {
  return keysPerLease.map(({ upTo, leases }, at) => {
    const from = (keysPerLease[at - 1]?.upTo ?? -1) + 1;
    return { label: keysLabel(from, upTo), leases };
  });
}

function keysLabel(from: number, upTo: number | null): string {
  if (upTo === 0) return "no key";
  if (upTo === null) return `over ${formatCount(from - 1)}`;
  if (from === upTo) return countOf(upTo, "key");
  return `${formatCount(from)}–${formatCount(upTo)}`;
}
