import type { MembersCompared } from "@/lib/api/members";
import { formatCount } from "@/lib/model/units";

/** How far a member's clock is ahead of ours, at least and at most. */
export interface MemberClock {
  name: string;
  leastMs: number;
  mostMs: number;
}

/** etcd itself warns above it: leases and certificates begin to suffer. */
const WARNING_MS = 1_000;

/** How far the members' clocks are apart; our own is no part of it. Null with fewer than two. */
export function compareClocks(clocks: readonly MemberClock[]): MembersCompared["clockSkew"] {
  let [atLeastMs, atMostMs] = [0, 0];
  let apart: [MemberClock, MemberClock] | null = null;
  for (const ahead of clocks) {
    for (const behind of clocks) {
      if (ahead === behind) continue;
      atMostMs = Math.max(atMostMs, ahead.mostMs - behind.leastMs);
      const certainMs = ahead.leastMs - behind.mostMs;
      if (certainMs <= atLeastMs) continue;
      atLeastMs = certainMs;
      apart = [ahead, behind];
    }
  }
  if (clocks.length < 2) return null;
  const isWarning = atLeastMs >= WARNING_MS;
  const text =
    isWarning && apart !== null
      ? `The clock of ${apart[0].name} is at least ${words(atLeastMs)} ahead of ${apart[1].name}'s.`
      : `The members' clocks differ by no more than ${words(atMostMs)}.`;
  return { text, atLeastMs, atMostMs, isWarning };
}

function words(ms: number): string {
  return ms < 10_000 ? `${formatCount(Math.ceil(ms))} ms` : `${formatCount(Math.round(ms / 1_000))} s`;
}
