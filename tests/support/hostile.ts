import { Etcd3, type IRequestOp } from "etcd3";

const BATCH_KEYS = 100; // etcd takes 128 operations in a transaction
const BATCH_BYTES = 1_000_000; // and 1.5 MiB in a request

export const SIBLING_KEYS = 50_000;
export const SIBLING_PREFIXES = 20_000;
export const DEEPEST_LEVELS = 60;
export const LARGEST_VALUE_BYTES = Math.floor(1.4 * 1024 * 1024);

/** Keys, as latin1 text (a character a byte), that break what is not made with care; and the length of their values. */
export function hostileKeyspace(): Map<string, number> {
  const keys = new Map<string, number>();
  for (const key of ODD_KEYS) keys.set(utf8(key), keys.size % 7 === 0 ? 0 : 10 + keys.size);
  for (const key of ODD_BYTES) keys.set(key, 33);
  for (let i = 0; i < 4; i++) keys.set(`/large/value-${i}`, LARGEST_VALUE_BYTES - i);
  keys.set(`/long/${"k".repeat(4096 - 6)}`, 5);
  keys.set(`/long/${"s/".repeat(200)}end`, 6);
  keys.set("x".repeat(4096), 7);
  for (let depth = 1; depth <= DEEPEST_LEVELS; depth++) {
    keys.set(`/deep/${Array.from({ length: depth }, (_, level) => `level-${level}/`).join("")}leaf`, depth);
  }
  for (let i = 0; i < SIBLING_KEYS; i++) keys.set(`/siblings/${i}`, i % 300);
  for (let i = 0; i < SIBLING_PREFIXES; i++) keys.set(`/crowd/tenant-${i}/key`, (i * 7) % 101);
  return keys;
}

/** Writes keys with values of the lengths given. */
export async function writeKeys(endpoint: string, keys: ReadonlyMap<string, number>): Promise<void> {
  const client = new Etcd3({ hosts: endpoint });
  const pool = Buffer.alloc(LARGEST_VALUE_BYTES, "<script>alert(1)</script>");
  try {
    let batch: IRequestOp[] = [];
    let batchBytes = 0;
    const flush = async () => {
      if (batch.length > 0) await client.kv.txn({ compare: [], success: batch, failure: [] });
      batch = [];
      batchBytes = 0;
    };
    for (const [key, valueBytes] of keys) {
      if (batch.length === BATCH_KEYS || batchBytes + valueBytes > BATCH_BYTES) await flush();
      batch.push({ request_put: { key: Buffer.from(key, "latin1"), value: pool.subarray(0, valueBytes) } });
      batchBytes += valueBytes + key.length;
    }
    await flush();
  } finally {
    client.close();
  }
}

const ODD_KEYS = [
  "/web/<script>alert('key')</script>",
  "/web/<img src=x onerror=alert(1)>/child",
  "/web/&lt;not&amp;escaped&gt;",
  "/web/\"quoted\"'single'`back`",
  "/web/javascript:alert(1)",
  "/web/{{constructor.constructor('alert(1)')()}}",
  "/web/\u0024{7*7}",
  "/sheet/=1+1",
  '/sheet/=HYPERLINK("http://example.com","click")',
  "/sheet/+1",
  "/sheet/-1",
  "/sheet/@SUM(A1)",
  "/sheet/a,b;c\td",
  '/sheet/"',
  "=1+1",
  "/lines/one\ntwo",
  "/lines/one\r\ntwo",
  "/lines/tab\tbed",
  "/nul/a\0b",
  "/nul/\0",
  "\0",
  "/unicode/grüße",
  "/unicode/🚀/🧑‍🚀",
  "/unicode/\u202Egnp.exe",
  "/unicode/\u200Bzero-width",
  "/unicode/\uFEFFmark",
  "/unicode/e\u0301 is not \u00e9",
  "/escape/\\xff",
  "/escape/\\x5c",
  "/escape/100%",
  "/escape/%2e%2e%2f",
  "/escape/?a=b&c=d#e",
  "/../../etc/passwd",
  "/./dot",
  "//double//slash//",
  "/",
  "//",
  "/trailing/",
  " ",
  "/ /space ",
  "no separator at all",
  "compact_rev_key",
  "colon:separated:key",
  "colon:separated:other",
  "dots.in.a.key",
  "dots.in.another",
  "mixed:first/then.dots",
  ":leading",
  "..",
  "null",
  "undefined",
  "__proto__",
  "/__proto__/constructor",
  "/number/0",
  "/number/00",
];

/** Bytes that are no UTF-8. */
const ODD_BYTES = [
  "\xff",
  "\xff/",
  "/bytes/\xff\xfe",
  "/bytes/\xc3",
  "/bytes/\xc0\xaf",
  "/bytes/\xed\xa0\x80",
  "/bytes/\xf4\x90\x80\x80",
  "/bytes/half \xe2\x82/child",
  "/bytes/\x80\x80/\x81",
  "/bytes/\x00\x01\x02\x03",
  "\xfe:\xfd:\xfc",
];

function utf8(text: string): string {
  return Buffer.from(text).toString("latin1");
}
