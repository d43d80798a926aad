import type { Etcd3 } from "etcd3";

const COMPACT_KEY = "compact_rev_key";

/**
 * Compacts as a Kubernetes apiserver does: the version of `compact_rev_key` is the clock, its value the revision to
 * compact to, which is the head of one interval ago. So between one and two intervals of history are held.
 */
export class Compactor {
  readonly #client: Etcd3;
  #clock = 0;
  #revision = "0";

  constructor(client: Etcd3) {
    this.#client = client;
  }

  /** One tick. Answers the revision that was compacted to, or null on the first tick, which only sets the clock. */
  async tick(): Promise<string | null> {
    const answer = await this.#client
      .if(COMPACT_KEY, "Version", "==", this.#clock)
      .then(this.#client.put(COMPACT_KEY).value(this.#revision))
      .else(this.#client.get(COMPACT_KEY))
      .commit();
    const target = this.#revision;
    this.#revision = answer.header.revision;
    if (!answer.succeeded) {
      this.#clock = Number(answer.responses[0]?.response_range?.kvs[0]?.version ?? 0);
      return null;
    }
    this.#clock++;
    if (target === "0") return null;
    await this.#client.kv.compact({ revision: target, physical: false });
    return target;
  }
}
