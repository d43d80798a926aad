import type { CaptureAnswer, CapturedKeyItem, CaptureItem } from "@/lib/api/captures";
import type { CapturedKey, CapturedPrefix, CaptureReport } from "@/lib/model/capture";
import { toKeyText } from "@/lib/model/key-text";

type ReportPart = Omit<CaptureAnswer, keyof CaptureItem>;

/** What a session without a report has: nothing. */
const EMPTY: ReportPart = {
  items: [],
  nextCursor: null,
  otherKeys: { keys: 0, puts: 0, deletes: 0, writtenBytes: 0 },
  prefixes: [],
  perSecond: { puts: [], deletes: [], writtenBytes: [] },
  requests: [],
  origin: "exact",
};

/** A report as the API tells it: rates over `seconds`, and keys beyond `limit` among the others. */
export function toReportPart(
  report: CaptureReport | null,
  { seconds, limit }: { seconds: number; limit: number },
): ReportPart {
  if (report === null) return EMPTY;
  const { keys, prefixes, perSecond, requests } = report;
  return {
    items: keys.slice(0, limit).map((key) => toKeyItem(key, seconds)),
    nextCursor: null,
    otherKeys: addUp(report.otherKeys, keys.slice(limit)),
    prefixes: prefixes.map((prefix) => toPrefixItem(prefix, seconds)),
    perSecond,
    requests,
    origin: "exact",
  };
}

function toKeyItem({ keyBase64, ...counts }: CapturedKey, seconds: number): CapturedKeyItem {
  const { text, base64 } = toKeyText(Buffer.from(keyBase64, "base64"));
  return { key: text, ...(base64 && { keyBase64: base64 }), ...counts, writesPerSecond: rateOf(counts, seconds) };
}

function toPrefixItem({ prefixBase64, ...counts }: CapturedPrefix, seconds: number) {
  const { text, base64 } = toKeyText(Buffer.from(prefixBase64, "base64"));
  return { prefix: text, ...(base64 && { prefixBase64: base64 }), ...counts, writesPerSecond: rateOf(counts, seconds) };
}

function addUp(others: CaptureReport["otherKeys"], more: readonly CapturedKey[]): CaptureReport["otherKeys"] {
  const sum = { ...others, keys: others.keys + more.length };
  for (const { puts, deletes, writtenBytes } of more) {
    sum.puts += puts;
    sum.deletes += deletes;
    sum.writtenBytes += writtenBytes;
  }
  return sum;
}

function rateOf({ puts, deletes }: { puts: number; deletes: number }, seconds: number): number {
  return seconds > 0 ? (puts + deletes) / seconds : 0;
}
