import { isPermissionDenied } from "@/collectors/etcd/errors";
import type { FoundMember, MemberWays, WantedMember } from "@/collectors/members/member-ways";
import { OtherMemberError } from "@/collectors/members/member-ways";
import { explainRead, REFUSED_REASON } from "@/collectors/probe/explain-read";
import { timeAnswer } from "@/collectors/probe/timed-read";
import type { ProbeFailure } from "@/lib/model/consistency";
import { PROBE_FAILED, PROBE_KEY } from "@/lib/model/probe-slots";
import type { ClusterAccess } from "@/lib/model/questions";

/** A member to be probed. */
export interface ProbedMember extends WantedMember {
  isLearner: boolean;
  /** It has answered at some time: when it does not now, it has failed, and is not just out of reach from here. */
  hasAnswered: boolean;
}

export type ReadName = ProbeFailure["read"];

/** What the probe of one member in one slot brought. Microseconds, -1 for a failed read, null for one not measured. */
export interface ProbeResult {
  memberId: string;
  serializableMicros: number | null;
  linearizableMicros: number | null;
  /** Why those of -1 have failed. */
  failures: Omit<ProbeFailure, "slot">[];
  /** Why nothing could be measured though nothing failed; null: it could. */
  obstacle: string | null;
}

/** Both reads end by then, and a slot is over before the next begins. */
const DEADLINE_MS = 4_000;
/** To find the member, where the slot before ended without an answer. */
const OPEN_DEADLINE_MS = 2_000;
const KEY = Buffer.from(PROBE_KEY);

/** Probes one member, over a connection of its own that stays open. */
export class MemberProbe {
  #ways: MemberWays;
  #access: ClusterAccess;
  #found: FoundMember | null = null;

  constructor(ways: MemberWays, access: ClusterAccess) {
    this.#ways = ways;
    this.#access = access;
  }

  /** One pair of reads, each on its own. Never throws but when `signal` says stop. */
  async ask(member: ProbedMember, signal: AbortSignal): Promise<ProbeResult> {
    const startedMs = performance.now();
    const found = await this.#find(member, signal).catch((error: unknown) => ({ error }));
    signal.throwIfAborted();
    if ("error" in found) return this.#notFound(member, found.error);
    const deadlineMs = DEADLINE_MS - (performance.now() - startedMs);
    const read = (name: ReadName) => this.#read(found, name, { memberId: member.memberId, signal, deadlineMs });
    const [serializable, linearizable] = await Promise.all([
      read("serializable"),
      member.isLearner ? NOT_ASKED : read("linearizable"),
    ]);
    signal.throwIfAborted();
    // A connection on which nothing came is not trusted any more; the next slot makes another, outside the measurement.
    if (!isAnswer(serializable) && !isAnswer(linearizable)) this.close();
    return {
      memberId: member.memberId,
      serializableMicros: serializable.micros,
      linearizableMicros: linearizable.micros,
      failures: [...serializable.failures, ...linearizable.failures],
      obstacle: serializable.obstacle ?? linearizable.obstacle,
    };
  }

  close(): void {
    this.#found?.connection.close();
    this.#found = null;
  }

  async #find(member: ProbedMember, signal: AbortSignal): Promise<FoundMember> {
    this.#found ??= await this.#ways.open(member, { signal, deadlineMs: OPEN_DEADLINE_MS });
    return this.#found;
  }

  async #notFound({ memberId, isLearner, hasAnswered }: ProbedMember, error: unknown): Promise<ProbeResult> {
    const text = await explainRead(error, { access: this.#access, deadlineMs: OPEN_DEADLINE_MS, what: "Status" });
    if (!hasAnswered || error instanceof OtherMemberError) {
      return { memberId, serializableMicros: null, linearizableMicros: null, failures: [], obstacle: text };
    }
    const reads: ReadName[] = isLearner ? ["serializable"] : ["serializable", "linearizable"];
    return {
      memberId,
      serializableMicros: PROBE_FAILED,
      linearizableMicros: isLearner ? null : PROBE_FAILED,
      failures: reads.map((read) => ({ read, text })),
      obstacle: null,
    };
  }

  async #read(
    { connection }: FoundMember,
    read: ReadName,
    { memberId, signal, deadlineMs }: { memberId: string; signal: AbortSignal; deadlineMs: number },
  ): Promise<ReadResult> {
    try {
      const tookMs = await timeAnswer(async () => {
        const answer = await connection.probe(KEY, read === "serializable", { signal, deadlineMs });
        if (answer.memberId !== memberId) throw new OtherMemberError(connection.endpoint);
      });
      return { micros: Math.max(1, Math.round(tookMs * 1_000)), failures: [], obstacle: null };
    } catch (error) {
      if (signal.aborted) return NOT_ASKED;
      if (error instanceof OtherMemberError) return { ...NOT_ASKED, obstacle: `${error.message}.` };
      // etcd refuses before it looks the key up: what that took tells nothing of its store.
      if (isPermissionDenied(error)) return { ...NOT_ASKED, obstacle: REFUSED_REASON };
      const text = await explainRead(error, { access: this.#access, deadlineMs, what: `a ${read} read` });
      return { micros: PROBE_FAILED, failures: [{ read, text }], obstacle: null };
    }
  }
}

interface ReadResult {
  micros: number | null;
  failures: Omit<ProbeFailure, "slot">[];
  obstacle: string | null;
}
const NOT_ASKED: ReadResult = { micros: null, failures: [], obstacle: null };

function isAnswer({ micros, obstacle }: ReadResult): boolean {
  return obstacle === REFUSED_REASON || (micros !== null && micros !== PROBE_FAILED);
}
