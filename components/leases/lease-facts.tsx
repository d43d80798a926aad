"use client";

import { Fact, Facts } from "@/components/ui/facts";
import { OriginNote } from "@/components/ui/origin";
import type { LeasesAnswer } from "@/lib/api/leases";
import { formatCount, formatDuration, formatRatio } from "@/lib/model/units";

/** The strip of figures of the Leases page. */
export function LeaseFacts({ answer }: { answer: LeasesAnswer }) {
  const { leases, leasedKeys, meanKeysPerLease, estimatedOrphans, at, sampledLeases } = answer;
  const sampled = <OriginNote origin="sampled" at={at} />;
  return (
    <Facts>
      <Fact
        label="Leases"
        origin={<OriginNote origin="exact" at={at} />}
        value={known(leases)}
        hint="as etcd lists them, once a minute"
      />
      <Fact
        label="Leased keys"
        origin={<OriginNote origin="exact" />}
        value={known(leasedKeys)}
        hint={leasedKeys === null ? "not known while the keyspace is not live" : "they go when their lease ends"}
      />
      <Fact
        label="Keys per lease"
        origin={sampled}
        value={meanKeysPerLease === null ? null : meanWords(meanKeysPerLease)}
        hint={sampledLeases === null ? "no lease was asked" : `mean of ${formatCount(sampledLeases)} asked`}
      />
      <Fact
        label="Without a key"
        origin={<OriginNote origin="estimated" at={at} />}
        value={estimatedOrphans === null ? null : formatCount(estimatedOrphans.leases)}
        hint={orphanHint(estimatedOrphans)}
      />
      <Fact label="Granted for" origin={sampled} value={usualTtl(answer)} hint={usualShare(answer)} />
    </Facts>
  );
}

function known(count: number | null): string | null {
  return count === null ? null : formatCount(count);
}

function meanWords(mean: number): string {
  return mean >= 100 ? formatCount(Math.round(mean)) : mean.toFixed(1);
}

function orphanHint(estimated: LeasesAnswer["estimatedOrphans"]): string {
  if (estimated === null) return "no lease told its keys";
  if (estimated.low === estimated.high) return "every lease was asked";
  return `between ${formatCount(estimated.low)} and ${formatCount(estimated.high)}`;
}

function usual({ grantedTtls }: LeasesAnswer): LeasesAnswer["grantedTtls"][number] | null {
  return grantedTtls.reduce<LeasesAnswer["grantedTtls"][number] | null>(
    (most, kind) => (most === null || kind.leases > most.leases ? kind : most),
    null,
  );
}

function usualTtl(answer: LeasesAnswer): string | null {
  const kind = usual(answer);
  return kind === null ? null : formatDuration(kind.ttlSeconds * 1_000);
}

function usualShare(answer: LeasesAnswer): string {
  const kind = usual(answer);
  if (kind === null) return "no lease was asked";
  const sum = answer.grantedTtls.reduce((total, { leases }) => total + leases, answer.otherTtlLeases);
  return kind.leases === sum ? "every lease asked" : `${formatRatio(kind.leases / sum)} of those asked`;
}
