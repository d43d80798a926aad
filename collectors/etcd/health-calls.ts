import { emptyHeader, type ResponseHeader, readHeader } from "@/collectors/etcd/messages";
import { WireReader, WireWriter } from "@/collectors/etcd/wire";

/** A member's hash over all its keys up to a revision, from its compact revision on. */
export interface HashAnswer extends ResponseHeader {
  /** Decimal text of the unsigned 32-bit hash. */
  hash: string;
  /** -1 where nothing has been compacted yet. */
  compactRevision: number;
}

/** Asks for the hash at a revision. */
export function encodeHashKv(revision: number): Buffer {
  return new WireWriter().number(1, revision).finish();
}

/** Reads the answer. etcd up to 3.5 says no compaction as -1, which takes ten bytes. */
export function decodeHashKv(message: Uint8Array): HashAnswer {
  const reader = new WireReader().open(message);
  const answer: HashAnswer = { ...emptyHeader(), hash: "0", compactRevision: 0 };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) Object.assign(answer, readHeader(reader));
    else if (field === 2) answer.hash = String(reader.numberField());
    else if (field === 3) answer.compactRevision = reader.signedField();
    else reader.skip();
  }
  return answer;
}

/** Who answered a Range, and how many keys there are in it; the keys are stepped over. */
export interface ProbeAnswer extends ResponseHeader {
  count: number;
}

/** Reads of the answer to a Range only what a probe wants to know. */
export function decodeProbe(message: Uint8Array): ProbeAnswer {
  const reader = new WireReader().open(message);
  const answer: ProbeAnswer = { ...emptyHeader(), count: 0 };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) Object.assign(answer, readHeader(reader));
    else if (field === 4) answer.count = reader.numberField();
    else reader.skip();
  }
  return answer;
}
