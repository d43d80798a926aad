import type { CostMeter } from "@/collectors/cost-meter";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { explainFailure } from "@/collectors/etcd/explain";
import {
  distinctEndpoints,
  type EndpointFailure,
  NoEndpointError,
  requireOneCluster,
} from "@/collectors/etcd/failover";
import type { Alarm, MemberInfo, StatusAnswer } from "@/collectors/etcd/messages";
import { type Behind, judgeBehind, type PlaceSample } from "@/collectors/members/behind";
import type { ClusterAccess } from "@/lib/model/questions";

/** One look at every member of a cluster. */
export interface MembersPoll {
  clusterId: string;
  at: Date;
  members: PolledMember[];
  /** Configured endpoints that did not answer. */
  failures: EndpointFailure[];
}

export interface PolledMember extends MemberInfo {
  /** Null when the member did not answer; `failure` says why. */
  status: StatusAnswer | null;
  statusMs: number | null;
  failure: string | null;
  isLeader: boolean;
  alarms: string[];
  /** Null when it did not answer, or there was no leader to compare with. */
  behind: Behind | null;
}

interface Answer {
  endpoint: string;
  status: StatusAnswer;
  statusMs: number;
}

const STATUS_DEADLINE_MS = 3_000;
/** Those that have just answered are asked again; one that falls silent meanwhile does not hold up the others. */
const PLACE_DEADLINE_MS = 1_000;

/** Asks all members of a cluster for their status, over connections that stay open between two polls. */
export class MembersPoller {
  #access: ClusterAccess;
  #meter: CostMeter | undefined;
  #connections = new Map<string, EtcdConnection>();
  /** Client URLs of the members, as last listed. */
  #knownUrls: string[] = [];

  constructor(access: ClusterAccess, meter?: CostMeter) {
    this.#access = access;
    this.#meter = meter;
  }

  /**
   * Asks the configured endpoints, then every member that was not behind one of them by its own client URLs (which may
   * be unreachable from here, as in containers). When no endpoint answers, the URLs of the members known from before are
   * tried. Throws when none answers, or two are of different clusters.
   */
  async poll(signal: AbortSignal): Promise<MembersPoll> {
    const at = new Date();
    const { answers, failures } = await this.#askAll(distinctEndpoints(this.#access), signal);
    if (answers.length === 0) answers.push(...(await this.#askAll(this.#knownUrls, signal)).answers);
    if (answers.length === 0) throw new NoEndpointError(failures);
    requireOneCluster(answers.map(({ endpoint, status }) => ({ endpoint, clusterId: status.clusterId })));
    const { clusterId, leaderId } = newestOf(answers).status;
    const voters = answers.filter(({ status }) => !status.isLearner);
    const members = await this.#listMembers(voters, signal);
    this.#knownUrls = members.flatMap(({ clientUrls }) => clientUrls);
    const alarms = await this.#listAlarms(voters, signal);
    const asked = await Promise.all(
      members.map(async (member) => ({
        ...member,
        ...(await this.#statusOf(member, { answers, clusterId, signal })),
        isLeader: member.memberId === leaderId,
        alarms: alarms.filter(({ memberId }) => memberId === member.memberId).map(({ alarm }) => alarm),
      })),
    );
    const behind = leaderId === null ? new Map() : judgeBehind(await this.#samplePlaces(asked, signal), leaderId);
    const polled = asked.map(({ endpoint: _, ...member }) => ({
      ...member,
      behind: member.status === null ? null : (behind.get(member.memberId) ?? null),
    }));
    this.#forgetConnections(members);
    return { clusterId, at, members: polled, failures };
  }

  /** Where the members stand, asked one after the other in one order and then in the other. */
  async #samplePlaces(
    asked: readonly { memberId: string; endpoint: string | null }[],
    signal: AbortSignal,
  ): Promise<PlaceSample[]> {
    const samples: PlaceSample[] = [];
    for (const { memberId, endpoint } of [...asked, ...asked.toReversed()]) {
      const connection = endpoint === null ? undefined : this.#connections.get(endpoint);
      const status = await connection?.status({ signal, deadlineMs: PLACE_DEADLINE_MS }).catch(() => null);
      signal.throwIfAborted();
      // Behind one address there may be several members, and another connection leads to another.
      if (status?.memberId !== memberId) continue;
      samples.push({ memberId, revision: status.revision, raftIndex: status.raftIndex });
    }
    return samples;
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  async #askAll(endpoints: readonly string[], signal: AbortSignal) {
    const answers: Answer[] = [];
    const failures: EndpointFailure[] = [];
    const asked = endpoints.map(async (endpoint) => {
      try {
        answers.push(await this.#ask(endpoint, signal));
      } catch (error) {
        failures.push({ endpoint, error });
      }
    });
    await Promise.all(asked);
    signal.throwIfAborted();
    return { answers, failures };
  }

  async #ask(endpoint: string, signal: AbortSignal): Promise<Answer> {
    const connection = this.#connections.get(endpoint) ?? EtcdConnection.open(endpoint, this.#access, this.#meter);
    this.#connections.set(endpoint, connection);
    const startedMs = performance.now();
    try {
      const status = await connection.status({ signal, deadlineMs: STATUS_DEADLINE_MS });
      return { endpoint, status, statusMs: performance.now() - startedMs };
    } catch (error) {
      // gRPC would wait before it connects again, and answer with the old error meanwhile.
      connection.close();
      this.#connections.delete(endpoint);
      throw error;
    }
  }

  /** From the first that serves it. */
  async #listMembers(voters: readonly Answer[], signal: AbortSignal): Promise<MemberInfo[]> {
    const failures: EndpointFailure[] = [];
    for (const { endpoint } of voters) {
      try {
        const connection = this.#connections.get(endpoint) as EtcdConnection;
        return (await connection.memberList({ signal })).members;
      } catch (error) {
        signal.throwIfAborted();
        failures.push({ endpoint, error });
      }
    }
    throw new NoEndpointError(failures);
  }

  /** Where the user may not ask for alarms, those in the status answers: they name them, too. */
  async #listAlarms(voters: readonly Answer[], signal: AbortSignal): Promise<Alarm[]> {
    const [first] = voters;
    try {
      return (await this.#connections.get(first?.endpoint ?? "")?.alarmList({ signal })) ?? [];
    } catch {
      signal.throwIfAborted();
      return parseAlarms(voters.flatMap(({ status }) => status.errors));
    }
  }

  async #statusOf(member: MemberInfo, known: { answers: Answer[]; clusterId: string; signal: AbortSignal }) {
    const { answers, clusterId, signal } = known;
    const answer = answers.find(({ status }) => status.memberId === member.memberId);
    if (answer) return { ...answer, failure: null };
    const own = await this.#askAll(member.clientUrls, signal);
    const good = own.answers.find(
      (one) => one.status.memberId === member.memberId && one.status.clusterId === clusterId,
    );
    if (good) return { ...good, failure: null };
    return { endpoint: null, status: null, statusMs: null, failure: await this.#explain(member, own) };
  }

  async #explain(member: MemberInfo, own: { answers: Answer[]; failures: EndpointFailure[] }): Promise<string> {
    if (member.clientUrls.length === 0) return "The member has been added to the cluster but was never started.";
    const [other] = own.answers;
    if (other) return `${other.endpoint}, the member's client URL, leads to another etcd from here.`;
    const error = own.failures.length === 1 ? own.failures[0]?.error : new NoEndpointError(own.failures);
    const endpoint = member.clientUrls.join(", ");
    return (await explainFailure(error, { endpoint, access: this.#access })).reason;
  }

  /** Closes the connections to client URLs that the cluster no longer has. */
  #forgetConnections(members: readonly MemberInfo[]): void {
    const kept = new Set([...distinctEndpoints(this.#access), ...members.flatMap(({ clientUrls }) => clientUrls)]);
    for (const [endpoint, connection] of this.#connections) {
      if (kept.has(endpoint)) continue;
      connection.close();
      this.#connections.delete(endpoint);
    }
  }
}

/** The answer that knows the most recent election. */
function newestOf(answers: readonly Answer[]): Answer {
  return answers.reduce((newest, answer) => (answer.status.raftTerm > newest.status.raftTerm ? answer : newest));
}

/** Alarms as a status answer's errors write them: `memberID:10276657743932975437 alarm:NOSPACE `. */
export function parseAlarms(errors: readonly string[]): Alarm[] {
  const alarms = new Map<string, Alarm>();
  for (const error of errors) {
    const [, id, alarm] = /memberID:(\d+)\s+alarm:(\w+)/.exec(error) ?? [];
    if (id === undefined || alarm === undefined) continue;
    alarms.set(`${id} ${alarm}`, { memberId: BigInt(id).toString(16).padStart(16, "0"), alarm });
  }
  return [...alarms.values()];
}
