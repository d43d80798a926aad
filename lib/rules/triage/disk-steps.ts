import { type Comparison, memberNames } from "@/lib/rules/triage/compare-members";
import { plainName } from "@/lib/rules/triage/triage-words";

const FIO =
  "fio --rw=write --ioengine=sync --fdatasync=1 --directory=<data-dir>/.. --size=22m --bs=2300 --name=etcd-disk";

/** What to do about slow disks: one member has its disk, all have their storage class or their load. */
export function diskSteps({ worst, isAlone, affected }: Comparison): string[] {
  if (isAlone) {
    const name = plainName(worst.name);
    return [
      `Only ${name} is slow: look at its disk and at what else uses it (iostat -x 1, pidstat -d 1).`,
      `Compare its disk with another member's: ${FIO}`,
      `Move what shares the disk away, or give etcd its share: ionice -c2 -n0 -p $(pgrep -x etcd)`,
    ];
  }
  const who = affected.length > 1 ? memberNames(affected) : "The only member told";
  return [
    `${who}: what they share is the storage class or the load. Look at what is written most before the disks.`,
    `Measure a disk on its own: ${FIO}`,
    "Give etcd local SSDs or provisioned IOPS, and nothing else on that disk.",
  ];
}
