import type { CostMeter } from "@/collectors/cost-meter";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { distinctEndpoints } from "@/collectors/etcd/failover";
import type { StatusAnswer } from "@/collectors/etcd/messages";
import type { ClusterAccess } from "@/lib/model/questions";

/** A member to be reached. */
export interface WantedMember {
  memberId: string;
  name: string;
  clientUrls: readonly string[];
}

/** A connection that leads to the wanted member. */
export interface FoundMember {
  connection: EtcdConnection;
  status: StatusAnswer;
}

/** What answers there is not the member that was looked for. */
export class OtherMemberError extends Error {
  override name = "OtherMemberError";
  constructor(readonly endpoint: string) {
    super(`${endpoint} leads to another member from here`);
  }
}

/** For so long an address that led to one member is not tried for another. */
const OWNER_LIFE_MS = 600_000;

/**
 * Finds members by their own client URLs or, where those lead nowhere from here (as in containers), behind the
 * configured endpoints. The id in a Status answer says who it is.
 */
export class MemberWays {
  #access: ClusterAccess;
  #meter: CostMeter | undefined;
  /** Whom each address led to, and when. */
  #owners = new Map<string, { memberId: string; atMs: number }>();

  constructor(access: ClusterAccess, meter?: CostMeter) {
    this.#access = access;
    this.#meter = meter;
  }

  /**
   * Opens a connection to the member by the first address that leads there. Throws what the likeliest address failed
   * with when none does.
   */
  async open(member: WantedMember, options: { signal: AbortSignal; deadlineMs: number }): Promise<FoundMember> {
    const opened: EtcdConnection[] = [];
    const urls = this.#urlsOf(member);
    const failures: unknown[] = [];
    const tries = urls.map(async (url, index) => {
      try {
        const connection = EtcdConnection.open(url, this.#access, this.#meter);
        opened.push(connection);
        return await this.#recognise(connection, member, options);
      } catch (error) {
        failures[index] = error;
        throw error;
      }
    });
    const found = await Promise.any(tries).catch(() => null);
    for (const connection of opened) if (connection !== found?.connection) connection.close();
    if (found !== null) return found;
    options.signal.throwIfAborted();
    throw failures.find((error) => !(error instanceof OtherMemberError)) ?? failures[0];
  }

  async #recognise(
    connection: EtcdConnection,
    { memberId }: WantedMember,
    options: { signal: AbortSignal; deadlineMs: number },
  ): Promise<FoundMember> {
    const status = await connection.status(options);
    this.#owners.set(connection.endpoint, { memberId: status.memberId, atMs: Date.now() });
    if (status.memberId !== memberId) throw new OtherMemberError(connection.endpoint);
    return { connection, status };
  }

  /** The member's own first; never none. */
  #urlsOf({ memberId, clientUrls }: WantedMember): string[] {
    const all = [...new Set([...clientUrls, ...distinctEndpoints(this.#access)])];
    this.#forgetOwners(new Set(all));
    const open = all.filter((url) => (this.#owners.get(url)?.memberId ?? memberId) === memberId);
    return open.length > 0 ? open : all;
  }

  #forgetOwners(wanted: ReadonlySet<string>): void {
    const oldestMs = Date.now() - OWNER_LIFE_MS;
    for (const [url, { atMs }] of this.#owners) if (wanted.has(url) && atMs < oldestMs) this.#owners.delete(url);
  }
}
