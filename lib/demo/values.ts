import { valueBytesOf } from "@/lib/demo/layout";
import { Random } from "@/lib/demo/random";

const POOL_BYTES = 1024 * 1024;
const PROTOBUF_MAGIC = Buffer.from("k8s\0");

/** Filler that compresses about as real objects do. */
const pool = makePool();

/** A value for a key: the size and the first bytes that Kubernetes would give it, the rest without meaning. */
export function makeValue(key: string, random: Random): Buffer {
  const isCustom = /^\/registry\/[^/]*\./.test(key);
  const head = isCustom ? Buffer.from('{"apiVersion":"example.com/v1","kind":"Demo","metadata":{') : PROTOBUF_MAGIC;
  const length = Math.max(head.length, Math.round(valueBytesOf(key) * (0.97 + 0.06 * random.next())));
  const from = random.integer(POOL_BYTES - Math.min(length, POOL_BYTES - 1));
  return Buffer.concat([head, pool.subarray(from, from + length - head.length)]);
}

function makePool(): Buffer {
  const random = new Random(11);
  const words = Array.from({ length: 900 }, () => random.suffix(3 + random.integer(9)));
  let text = "";
  while (text.length < POOL_BYTES) text += `"${random.pick(words)}":"${random.pick(words)}-${random.hex(6)}",`;
  return Buffer.from(text.slice(0, POOL_BYTES));
}
