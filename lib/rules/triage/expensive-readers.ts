import { known, readingsOf, sumMoved, windowSeconds } from "@/lib/rules/triage/readings";
import type { ClientMover, TriageFacts } from "@/lib/rules/triage/triage-facts";

/** A client whose reads cost much. */
export interface ExpensiveReader {
  client: ClientMover;
  answerBytes: number | null;
  /** Far more than in the calm time, and enough to be felt. */
  hasMoved: boolean;
  /** Enough to be felt, moved or not. */
  isFelt: boolean;
  /** Of each second, spent on its requests. */
  busyRatio: number;
}

const LARGE_ANSWER_BYTES = 1_048_576;
/** etcd warns of a request from here on. */
const SLOW_MS = 300;
const MOVED_TIMES = 3;
const FEW_REQUESTS = 3;
const BYTES_PER_SECOND = 1_048_576;
const BUSY_RATIO = 0.2;
/** Lists that an apiserver answered from its cache do not reach etcd: what etcd sends must have risen as well. */
const SENT_TIMES = 1.5;
const READS: ReadonlySet<string> = new Set(["range", "list", "get"]);

/** Those whose reads are large or slow, the heaviest that moved first. */
export function listExpensiveReaders(facts: TriageFacts): ExpensiveReader[] {
  const found = (facts.clients ?? []).flatMap((client) => {
    if (!isReading(client) || !isExpensive(client)) return [];
    const requests = known(client.requests.window) ?? 0;
    const answerBytes = known(client.meanResponseBytes);
    const busyRatio = (requests * (known(client.latencyP99Ms) ?? 0)) / 1_000;
    const isFelt = bytesOf(client) >= BYTES_PER_SECOND || busyRatio >= BUSY_RATIO;
    return [{ client, answerBytes, busyRatio, isFelt, hasMoved: isFelt && hasMoved(facts, client) }];
  });
  return found.sort((a, b) => Number(b.hasMoved) - Number(a.hasMoved) || loadOf(b) - loadOf(a));
}

/** An address that etcd's log names may do many things: then its verb is not told, and its answers tell. */
function isReading({ verb, source }: ClientMover): boolean {
  return verb === null ? source === "etcd-log" : READS.has(verb);
}

function isExpensive(client: ClientMover): boolean {
  const { unpagedLists, meanResponseBytes, latencyP99Ms, verb } = client;
  if ((known(meanResponseBytes) ?? 0) >= LARGE_ANSWER_BYTES) return true;
  if (unpagedLists === 0 || verb === "get") return false;
  return (known(latencyP99Ms) ?? 0) >= SLOW_MS || (verb === null && bytesOf(client) >= BYTES_PER_SECOND);
}

function hasMoved(facts: TriageFacts, client: ClientMover): boolean {
  const { requests, responseBytesPerSecond, source } = client;
  const now = known(requests.window) ?? 0;
  if (now * windowSeconds(facts) < FEW_REQUESTS) return false;
  // etcd logs what is slow: that it logged nothing in the calm time is word of it, too.
  const calm = known(requests.calm) ?? (source === "etcd-log" ? 0 : null);
  const calmBytes = known(responseBytesPerSecond?.calm);
  const isMore =
    (calm !== null && now >= calm * MOVED_TIMES) || (calmBytes !== null && bytesOf(client) >= calmBytes * MOVED_TIMES);
  return isMore && reachesEtcd(facts);
}

/** What it is sent a second. */
function bytesOf({ requests, responseBytesPerSecond, meanResponseBytes }: ClientMover): number {
  return known(responseBytesPerSecond?.window) ?? (known(requests.window) ?? 0) * (known(meanResponseBytes) ?? 0);
}

function reachesEtcd(facts: TriageFacts): boolean {
  const sent = sumMoved(readingsOf(facts, "sentBytesPerSecond").map(({ moved }) => moved));
  return sent === null || sent.calm === null || sent.window >= sent.calm * SENT_TIMES;
}

function loadOf({ client, answerBytes, busyRatio }: ExpensiveReader): number {
  return (known(client.requests.window) ?? 0) * (answerBytes ?? 1) + busyRatio;
}
