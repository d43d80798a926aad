import fc from "fast-check";
import { reduceAuditEvent } from "@/lib/model/audit-event";
import { reduceLogLine } from "@/lib/model/etcd-log-line";
import { decodeIngestBatch, encodeIngestBatch } from "@/lib/model/ingest-batch";
import { JsonItems } from "@/lib/model/json-items";
import { listProtoFields } from "@/lib/model/proto-text";
import type { TrafficEvent } from "@/lib/model/traffic";

/** Texts that something could trip over: control characters, half characters, the names of prototypes, long ones. */
export function nastyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string(),
    fc.constantFrom("__proto__", "constructor", "toString", "\0", "\ud800", "", "9".repeat(50), "µ", "\u2028"),
    fc.string({ minLength: 300, maxLength: 2_000 }),
  );
}

function nastyValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    nastyText(),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(undefined, Number.NaN, 1e308, -1, 2 ** 53),
  );
}

const time = () =>
  fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom("2026-11-21T08:00:30.042467Z", "9999-12-31T23:59:59.999999999Z", "0000-01-01T00:00:00Z"),
    nastyText(),
  );

/** Audit events of which any part may be anything, and things that are none at all. */
export function hostileAuditEvent(): fc.Arbitrary<unknown> {
  const event = fc.record(
    {
      kind: fc.constantFrom("Event", "EventList", undefined, 5),
      auditID: fc.oneof(fc.uuid(), nastyValue()),
      stage: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom("ResponseComplete", "Panic", "RequestReceived") },
        { weight: 1, arbitrary: nastyValue() },
      ),
      verb: fc.oneof(fc.constantFrom("list", "get", "watch"), nastyText()),
      requestURI: fc.oneof(
        fc.webPath(),
        nastyText(),
        nastyText().map((text) => `/api?limit=${text}`),
        nastyValue(),
      ),
      user: fc.oneof(fc.record({ username: nastyValue() }), nastyValue()),
      sourceIPs: fc.oneof(fc.array(nastyValue()), nastyValue()),
      userAgent: nastyValue(),
      objectRef: fc.oneof(
        fc.record({
          resource: nastyValue(),
          subresource: nastyValue(),
          apiGroup: nastyValue(),
          namespace: nastyValue(),
        }),
        nastyValue(),
      ),
      responseStatus: fc.oneof(fc.record({ code: fc.oneof(fc.integer(), nastyValue()) }), nastyValue()),
      requestReceivedTimestamp: fc.oneof(time(), nastyValue()),
      stageTimestamp: time(),
      annotations: fc.oneof(
        fc.record({
          "apiserver.latency.k8s.io/total": nastyValue(),
          "apiserver.latency.k8s.io/etcd": fc.oneof(
            fc.constantFrom("1m2.5s", "78.56µs", "1h".repeat(30)),
            nastyValue(),
          ),
          "audit.k8s.io/truncated": nastyValue(),
        }),
        nastyValue(),
      ),
    },
    { requiredKeys: [] },
  );
  return fc.oneof({ weight: 9, arbitrary: event }, { weight: 1, arbitrary: nastyValue() });
}

/** Lines of a log of which any part may be anything, and things that are none at all. */
export function hostileLogLine(): fc.Arbitrary<string> {
  const request = fc
    .tuple(nastyText(), nastyText(), fc.nat(), fc.nat(200))
    .map(([key, end, limit, cut]) =>
      `key:${JSON.stringify(key)} range_end:${JSON.stringify(end)} limit:${limit} serializable:true `.slice(0, cut + 1),
    );
  const message = fc.oneof(
    fc.constantFrom("request stats", "apply request took too long", "trace[1] range", "slow fdatasync", "alarm raised"),
    nastyText(),
  );
  const line = fc
    .record(
      {
        level: nastyText(),
        ts: fc.oneof(time(), nastyValue()),
        msg: message,
        "time spent": fc.oneof(fc.constantFrom("859.635837ms", "1h"), nastyValue()),
        took: nastyValue(),
        remote: fc.oneof(fc.constantFrom("127.0.0.1:54344", "[::1]:1", "@"), nastyValue()),
        "response type": fc.oneof(fc.constantFrom("/etcdserverpb.KV/Range", "/etcdserverpb.KV/Txn"), nastyValue()),
        "response size": nastyValue(),
        "request content": fc.oneof(request, nastyText(), nastyValue()),
        request: fc.oneof(request, nastyValue()),
        detail: nastyValue(),
        error: nastyValue(),
      },
      { requiredKeys: [] },
    )
    .map((record) => JSON.stringify(record));
  const cut = fc.tuple(line, fc.nat(300)).map(([text, at]) => text.slice(0, at));
  const led = fc.tuple(nastyText(), line).map(([lead, text]) => `${lead} ${text}`);
  return fc.oneof({ weight: 6, arbitrary: line }, cut, led, nastyText());
}

/** Pieces of JSON in any order, such as a body could be made of. */
export function hostileBody(): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    fc.constantFrom(
      '{"kind":"EventList","items":[',
      "]}",
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      '"',
      "\\",
      "\n",
      '"items"',
      "1",
    ),
    fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
    nastyText(),
  );
  return fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(""))),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );
}

/** Reduces what was parsed and says what is wrong with the outcome by throwing. */
export function checkReducedAudit(parsed: unknown): void {
  const reduced = reduceAuditEvent(parsed);
  if ("event" in reduced) {
    checkEvent(reduced.event);
    if (reduced.id.length > 300) throw new Error("a long id");
  }
}

/** The same of a line. */
export function checkReducedLine(line: string): void {
  const reduced = reduceLogLine(line);
  if ("event" in reduced && reduced.event) checkEvent(reduced.event);
  if (!("signal" in reduced) || !reduced.signal) return;
  const { example, micros, atMs } = reduced.signal;
  if (example.length > 500 || !isStorable(example)) throw new Error("an example that cannot be kept");
  if (micros !== null && !isFigure(micros)) throw new Error(`micros ${micros}`);
  if (!Number.isSafeInteger(atMs)) throw new Error(`at ${atMs}`);
  encodeIngestBatch({ events: [], eventIds: Buffer.alloc(0), faults: new Map(), signals: [reduced.signal] });
}

/** Takes bytes apart in pieces of `size`, and checks that neither the pieces nor an object too long matter. */
export function checkBody(body: Buffer, size: number): void {
  const whole = takeApart(body, body.length + 1, 1 << 20);
  const pieces = takeApart(body, size, 1 << 20);
  if (JSON.stringify(whole) !== JSON.stringify(pieces)) throw new Error("the pieces matter");
  for (const item of takeApart(body, size, 10)) if (item.length > 10 && item !== "(too long)") throw new Error("long");
  listProtoFields(body.toString("utf8"));
}

function takeApart(body: Buffer, size: number, maxItemBytes: number): string[] {
  const found: string[] = [];
  const items = new JsonItems(maxItemBytes, {
    onItem: (bytes) => found.push(bytes.toString("latin1")),
    onBroken: () => found.push("(broken)"),
    onTooLong: () => found.push("(too long)"),
  });
  for (let at = 0; at < body.length; at += size) items.push(body.subarray(at, at + size));
  items.finish();
  return found;
}

/** Bounded texts, whole figures, and fit to be packed and unpacked. */
function checkEvent(event: TrafficEvent): void {
  for (const name of ["verb", "resource", "namespace", "user", "userAgent", "sourceAddress"] as const) {
    const text = event[name];
    if (text !== null && (text.length > 256 || !isStorable(text))) throw new Error(`${name}: ${JSON.stringify(text)}`);
  }
  for (const name of ["code", "durationMicros", "responseBytes", "etcdMicros", "queueMicros"] as const) {
    const figure = event[name];
    if (figure !== null && !isFigure(figure)) throw new Error(`${name}: ${figure}`);
  }
  const packed = encodeIngestBatch({ events: [event], eventIds: Buffer.alloc(8), faults: new Map(), signals: [] });
  const { events } = decodeIngestBatch(packed.format, packed.payload, packed.eventIds);
  if (JSON.stringify(events) !== JSON.stringify([event])) throw new Error("not the same when unpacked");
}

function isFigure(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Postgres takes it, and UTF-8 brings it back. */
function isStorable(text: string): boolean {
  return !text.includes("\0") && Buffer.from(text, "utf8").toString("utf8") === text;
}
