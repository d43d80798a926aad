import type { MemberFigureName } from "@/lib/api/member-health";
import type { MemberRow } from "@/lib/api/members";
import { formatBytes, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** A figure that members are held side by side by. */
export interface ComparedFigure {
  name: MemberFigureName | "dbSizeBytes" | "dbSizeInUseBytes" | "statusMs";
  label: string;
  hint?: string;
  valueOf(row: MemberRow): number | null;
  words(value: number): string;
  /** A member that is far above the others is marked from this value on; null: differences mean nothing. */
  oddFrom: number | null;
  /** What etcd's documentation calls healthy at most. */
  limit?: { value: number; source: string };
}

export interface FigureSection {
  title: string;
  figures: readonly ComparedFigure[];
}

type FigureMore = Pick<ComparedFigure, "hint" | "limit">;

function health(
  name: MemberFigureName & keyof NumericHealth,
  label: string,
  { words, oddFrom, ...more }: Pick<ComparedFigure, "words" | "oddFrom"> & FigureMore,
): ComparedFigure {
  return { name, label, words, oddFrom, valueOf: ({ health }) => health?.[name] ?? null, ...more };
}

type Health = NonNullable<MemberRow["health"]>;
type NumericHealth = { [Name in keyof Health as Health[Name] extends number | null ? Name : never]: number | null };

const FAQ = "etcd FAQ";
const latency = { words: msWords, oddFrom: 5 } as const;
const bytes = { words: formatBytes, oddFrom: null } as const;

/** The figures, by what they tell of. */
export const COMPARED: readonly FigureSection[] = [
  {
    title: "Answers",
    figures: [
      health("linearizableP99Ms", "Linearizable read p99", { ...latency, hint: "Through the leader and a quorum" }),
      health("serializableP99Ms", "Serializable read p99", { ...latency, hint: "By this member alone" }),
      { name: "statusMs", label: "Status in", words: msWords, oddFrom: 20, valueOf: ({ statusMs }) => statusMs },
    ],
  },
  {
    title: "Disk and network",
    figures: [
      health("fsyncP99Ms", "WAL fsync p99", { ...latency, limit: { value: 10, source: FAQ } }),
      health("commitP99Ms", "Backend commit p99", { ...latency, limit: { value: 25, source: FAQ } }),
      health("peerRttP99Ms", "Peer round trip p99", {
        ...latency,
        limit: { value: 100, source: "etcd operators' guide" },
      }),
      health("raftLag", "Entries not applied", { words: formatCount, oddFrom: 100 }),
      health("raftBehind", "Entries behind the leader", { words: formatCount, oddFrom: 100 }),
    ],
  },
  {
    title: "Load",
    figures: [
      health("requestsPerSecond", "gRPC requests a second", { words: formatPerSecond, oddFrom: 10 }),
      health("sentBytesPerSecond", "Sent to clients a second", { words: formatBytes, oddFrom: 65_536 }),
      health("connections", "Connections", { words: formatCount, oddFrom: 10, hint: "As the agent beside it counts" }),
      health("watchers", "Watchers", { words: formatCount, oddFrom: null }),
    ],
  },
  {
    title: "Store",
    figures: [
      { name: "dbSizeBytes", label: "File", ...bytes, valueOf: (row) => row.dbSizeBytes },
      { name: "dbSizeInUseBytes", label: "In use", ...bytes, valueOf: (row) => row.dbSizeInUseBytes },
      health("fragmentationRatio", "Free inside the file", { words: formatRatio, oddFrom: null }),
      health("quotaBytes", "Quota", bytes),
    ],
  },
  {
    title: "Process",
    figures: [
      health("cpuCores", "CPU cores", { words: (value) => value.toFixed(2), oddFrom: 0.5 }),
      health("cpuLimit", "CPU cores available", { words: formatCount, oddFrom: null }),
      health("residentBytes", "Resident memory", { words: formatBytes, oddFrom: 512 * 1024 * 1024 }),
      health("openFiles", "File descriptors", { words: formatCount, oddFrom: 500 }),
    ],
  },
];

/** Above so many times the middle of the others a member is the odd one out. */
const ODD_RATIO = 2;

/** What is to be said of each member's value beside the others': null where nothing is. */
export function markOdd({ oddFrom, limit }: ComparedFigure, values: readonly (number | null)[]): (string | null)[] {
  return values.map((value, i) => {
    if (value === null) return null;
    if (limit !== undefined && value > limit.value) return `above ${limit.value} ms (${limit.source})`;
    const others = values.filter((other, k): other is number => k !== i && other !== null).sort((a, b) => a - b);
    if (oddFrom === null || value < oddFrom || others.length === 0) return null;
    const middle = ((others[(others.length - 1) >> 1] as number) + (others[others.length >> 1] as number)) / 2;
    if (value <= ODD_RATIO * middle) return null;
    return middle === 0 ? "the others: none" : `${(value / middle).toFixed(1)} × the others`;
  });
}

/** Whose clock is how far from ours: "1 ms ahead, ± 12 ms". */
export function clockWords(leastMs: number, mostMs: number): string {
  const [middle, half] = [(leastMs + mostMs) / 2, (mostMs - leastMs) / 2];
  const near = `± ${formatCount(Math.ceil(half))} ms`;
  if (leastMs <= 0 && mostMs >= 0) return `as ours, ${near}`;
  return `${formatCount(Math.round(Math.abs(middle)))} ms ${middle > 0 ? "ahead" : "behind"}, ${near}`;
}

function msWords(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 100) return `${formatCount(ms)} ms`;
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}
