import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { readRevision } from "@/collectors/etcd/messages";
import { WireReader } from "@/collectors/etcd/wire";

/** A put, as it will be sent. */
export interface Put {
  key: Buffer;
  value: Buffer;
}

const DEADLINE_MS = 60_000;
const OPTIONS = { "grpc.use_local_subchannel_pool": 1, "grpc.enable_http_proxy": 0 };

/** Writes to etcd at little cost to itself, over a connection of its own. The collectors have nothing that can. */
export class Writer {
  #client: Client;

  constructor(endpoint: string) {
    this.#client = new Client(endpoint.replace("http://", ""), credentials.createInsecure(), OPTIONS);
  }

  /** One put. Answers its revision. */
  put(put: Put): Promise<number> {
    return this.#call("/etcdserverpb.KV/Put", encodePut(put));
  }

  /** All puts in one transaction, which has one revision. */
  transact(puts: readonly Put[]): Promise<number> {
    return this.#call("/etcdserverpb.KV/Txn", encodeTransaction(puts));
  }

  close(): void {
    this.#client.close();
  }

  #call(path: string, request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + DEADLINE_MS;
      this.#client.makeUnaryRequest(path, asIs, asIs, request, new Metadata(), { deadline }, (error, answer) => {
        if (error) reject(error);
        else resolve(revisionOf(answer as Buffer));
      });
    });
  }
}

function asIs(message: Buffer): Buffer {
  return message;
}

/** The header is the first field of either answer. */
function revisionOf(answer: Buffer): number {
  const reader = new WireReader().open(answer);
  reader.field();
  return readRevision(reader);
}

/** `PutRequest`: key 1, value 2. */
function encodePut({ key, value }: Put): Buffer {
  return Buffer.concat([lengthField(1, key.length), key, lengthField(2, value.length), value]);
}

/** `TxnRequest`: success 2, each a `RequestOp` with request_put 2. */
function encodeTransaction(puts: readonly Put[]): Buffer {
  const parts: Buffer[] = [];
  for (const put of puts) {
    const keyField = lengthField(1, put.key.length);
    const valueField = lengthField(2, put.value.length);
    const putBytes = keyField.length + put.key.length + valueField.length + put.value.length;
    const putField = lengthField(2, putBytes);
    parts.push(lengthField(2, putField.length + putBytes), putField, keyField, put.key, valueField, put.value);
  }
  return Buffer.concat(parts);
}

/** The tag of a length-delimited field and the length. */
function lengthField(field: number, length: number): Buffer {
  const bytes = [field * 8 + 2];
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
