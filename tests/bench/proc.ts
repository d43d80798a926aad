import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux we run on

/** User and system time of a process so far, in seconds. Its children are not in it. */
export function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // a name may hold spaces; state is field 3
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export interface MemoryFigures {
  rssMb: number;
  /** What is shared with others counts in part. */
  pssMb: number;
  peakMb: number;
}

/** Memory of a process, in MB of a million bytes. */
export function readMemory(pid: number): MemoryFigures {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return { rssMb: kib(rollup, "Rss"), pssMb: kib(rollup, "Pss"), peakMb: kib(status, "VmHWM") };
}

function kib(text: string, name: string): number {
  return (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) * 1_024) / 1e6;
}
