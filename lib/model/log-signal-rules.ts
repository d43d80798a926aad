import type { LogSignalKind } from "@/lib/model/log-signals";

/** What a line's message says; the field names how long it took. */
interface SignalRule {
  kind: LogSignalKind;
  /** Found anywhere in the message; etcd's own words, of 3.4 to 3.6. */
  words: readonly string[];
  tookField?: string;
}

/** In the order they are tried: the first that fits decides. */
const RULES: readonly SignalRule[] = [
  { kind: "apply-took-too-long", words: ["apply request took too long"], tookField: "took" },
  { kind: "slow-fdatasync", words: ["slow fdatasync"], tookField: "took" },
  {
    kind: "heartbeat-late",
    words: ["failed to send out heartbeat on time"],
    tookField: "exceeded-duration",
  },
  {
    kind: "slow-request",
    words: ["waiting for ReadIndex response took too long", "ignored out-of-date read index response"],
  },
  { kind: "request-timeout", words: ["timed out waiting for read index response"], tookField: "timeout" },
  {
    kind: "overloaded-network",
    words: [
      "Raft message since sending buffer is full",
      "Raft message since receiving buffer is full",
      "rafthttp: failed to",
    ],
  },
  {
    kind: "peer-unreachable",
    words: [
      "prober detected unhealthy status for peer",
      "lost TCP streaming connection with remote peer",
      "peer became inactive",
      "failed to reach the peer URL",
    ],
  },
  { kind: "clock-difference", words: ["prober found high clock drift"], tookField: "clock-drift" },
  { kind: "election", words: ["is starting a new election at term"] },
  { kind: "leader-lost", words: [" lost leader "] },
  { kind: "leader-changed", words: [" elected leader ", " changed leader from "] },
  {
    kind: "compaction",
    words: ["finished scheduled compaction"], // each once, when it is over; the same below
    tookField: "took",
  },
  {
    kind: "defragmentation",
    words: ["finished defragmenting directory", "failed to defragment"],
    tookField: "took",
  },
  {
    kind: "snapshot",
    words: [
      "saved snapshot",
      "sent database snapshot",
      "failed to send database snapshot",
      "received and saved database snapshot",
    ],
    tookField: "took",
  },
];

/** Messages are matched within their first so many characters. */
const MAX_MESSAGE_CHARACTERS = 300;
const TRACE = /^trace\[\d{1,20}\] /;

/** The kind of a line by its message and error, and the field that says how long it took. Null: it tells of nothing. */
export function matchLogSignal(message: string, error: string): { kind: LogSignalKind; tookField?: string } | null {
  const text = message.slice(0, MAX_MESSAGE_CHARACTERS);
  if (isOutOfSpace(text, error)) return { kind: "space-exceeded" };
  if (TRACE.test(text)) return { kind: "trace", tookField: "duration" };
  const rule = RULES.find(({ words }) => words.some((part) => text.includes(part)));
  if (rule !== undefined) return { kind: rule.kind, ...(rule.tookField && { tookField: rule.tookField }) };
  return error.includes("etcdserver: request timed out") ? { kind: "request-timeout" } : null;
}

function isOutOfSpace(text: string, error: string): boolean {
  const words = "database space exceeded";
  return text.includes(words) || error.includes(words) || /NOSPACE/.test(text) || error === "NOSPACE";
}
