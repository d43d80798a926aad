import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import { WireReader, WireWriter } from "@/collectors/etcd/wire";

/** What every answer begins with. */
export interface ResponseHeader {
  clusterId: string;
  memberId: string;
  revision: number;
  raftTerm: number;
}

export interface StatusAnswer extends ResponseHeader {
  version: string;
  dbSizeBytes: number;
  dbSizeInUseBytes: number;
  /** Null while the member knows no leader. */
  leaderId: string | null;
  raftIndex: number;
  raftAppliedIndex: number;
  errors: string[];
  isLearner: boolean;
  /** Null where the version does not report it (3.5 and older) or the quota is switched off. */
  quotaBackendBytes: number | null;
}

export interface MemberInfo {
  memberId: string;
  /** Empty until the member has been started. */
  name: string;
  peerUrls: string[];
  clientUrls: string[];
  isLearner: boolean;
}

export interface MemberListAnswer {
  clusterId: string;
  members: MemberInfo[];
}

export interface Alarm {
  memberId: string;
  /** `NOSPACE`, `CORRUPT`, or the number of an alarm this version does not know. */
  alarm: string;
}

export interface LeaseAnswer {
  /** Seconds left; -1 when the lease is gone. */
  ttlSeconds: number;
  grantedTtlSeconds: number;
}

/** Keys in `[key, rangeEnd)`; `rangeEnd` of one zero byte is the end of the keyspace, none is the single key. */
export interface RangeRequest {
  key: Uint8Array;
  rangeEnd?: Uint8Array;
  /** Beware: etcd up to 3.6 walks the whole open range to count it, whatever the limit. */
  limit?: number;
  revision?: number;
  serializable?: boolean;
  keysOnly?: boolean;
  countOnly?: boolean;
}

export interface RangeAnswer {
  /** The revision the member was at, not the one asked for. */
  revision: number;
  /** Keys in the range, whatever the limit. */
  count: number;
  more: boolean;
  /** Keys visited. */
  kvs: number;
  /** Bytes of the answer. */
  bytes: number;
}

/** A range answer that was only looked over. */
export interface RangeSkim extends RangeAnswer {
  /** Some of its keys, evenly spread and in order, the last one among them. */
  sample: Buffer[];
}

const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3; // etcd's, for `--quota-backend-bytes 0`
const ALARM_NAMES = ["NONE", "NOSPACE", "CORRUPT"];
const NO_ID = "0".repeat(16);

export function encodeRange(request: RangeRequest): Buffer {
  return new WireWriter()
    .bytes(1, request.key)
    .bytes(2, request.rangeEnd ?? new Uint8Array(0))
    .number(3, request.limit ?? 0)
    .number(4, request.revision ?? 0)
    .bool(7, request.serializable ?? false)
    .bool(8, request.keysOnly ?? false)
    .bool(9, request.countOnly ?? false)
    .finish();
}

/** Reads a range answer, handing every key to `visit` as it goes by. */
export function decodeRange(message: Uint8Array, kv: KeyValueCursor, visit: (kv: KeyValueCursor) => void): RangeAnswer {
  return walkRange(message, (reader) => {
    kv.read(reader);
    visit(kv);
  });
}

/** What a range answer says on the whole, and its keys from `stride` to `stride` with the last one. */
export function skimRange(message: Uint8Array, kv: KeyValueCursor, stride: number): RangeSkim {
  const sample: Buffer[] = [];
  let untilNext = 1;
  let lastStart = 0;
  let lastEnd = 0;
  const answer = walkRange(message, (reader) => {
    lastStart = reader.at;
    lastEnd = reader.end;
    if (--untilNext > 0) return;
    kv.read(reader);
    sample.push(kv.copyKey());
    untilNext = stride;
  });
  if (answer.kvs > 0 && untilNext !== stride) {
    kv.read(new WireReader().open(message, lastStart, lastEnd));
    sample.push(kv.copyKey());
  }
  return { ...answer, sample };
}

/** `take` finds the reader in each key's message; it may leave it anywhere there. */
function walkRange(message: Uint8Array, take: (reader: WireReader) => void): RangeAnswer {
  const reader = new WireReader().open(message);
  const answer: RangeAnswer = { revision: 0, count: 0, more: false, kvs: 0, bytes: message.length };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 2) {
      const outerEnd = reader.enter();
      take(reader);
      reader.leave(outerEnd);
      answer.kvs++;
    } else if (field === 1) answer.revision = readRevision(reader);
    else if (field === 3) answer.more = reader.boolField();
    else if (field === 4) answer.count = reader.numberField();
    else reader.skip();
  }
  return answer;
}

export function decodeStatus(message: Uint8Array): StatusAnswer {
  const reader = new WireReader().open(message);
  const answer: StatusAnswer = {
    ...emptyHeader(),
    version: "",
    dbSizeBytes: 0,
    dbSizeInUseBytes: 0,
    leaderId: null,
    raftIndex: 0,
    raftAppliedIndex: 0,
    errors: [],
    isLearner: false,
    quotaBackendBytes: null,
  };
  let quotaBytes = 0;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) Object.assign(answer, readHeader(reader));
    else if (field === 2) answer.version = reader.textField();
    else if (field === 3) answer.dbSizeBytes = reader.numberField();
    else if (field === 4) answer.leaderId = toOptionalId(reader.idField());
    else if (field === 5) answer.raftIndex = reader.numberField();
    else if (field === 6) answer.raftTerm = reader.numberField();
    else if (field === 7) answer.raftAppliedIndex = reader.numberField();
    else if (field === 8) answer.errors.push(reader.textField());
    else if (field === 9) answer.dbSizeInUseBytes = reader.numberField();
    else if (field === 10) answer.isLearner = reader.boolField();
    else if (field === 12) quotaBytes = reader.signedField();
    else reader.skip();
  }
  answer.quotaBackendBytes = toQuota(quotaBytes, answer.version);
  return answer;
}

export function decodeMemberList(message: Uint8Array): MemberListAnswer {
  const reader = new WireReader().open(message);
  const answer: MemberListAnswer = { clusterId: NO_ID, members: [] };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) answer.clusterId = readHeader(reader).clusterId;
    else if (field === 2) answer.members.push(readMember(reader));
    else reader.skip();
  }
  return answer;
}

/** The request that lists all alarms: action GET, every member, every kind. */
export function encodeAlarmList(): Buffer {
  return new WireWriter().finish();
}

export function decodeAlarmList(message: Uint8Array): Alarm[] {
  const reader = new WireReader().open(message);
  const alarms: Alarm[] = [];
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 2) alarms.push(readAlarm(reader));
    else reader.skip();
  }
  return alarms;
}

export function encodeLeaseTimeToLive(leaseId: string): Buffer {
  return new WireWriter().id(1, leaseId).finish();
}

export function decodeLeaseTimeToLive(message: Uint8Array): LeaseAnswer {
  const reader = new WireReader().open(message);
  const answer: LeaseAnswer = { ttlSeconds: 0, grantedTtlSeconds: 0 };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 3) answer.ttlSeconds = reader.signedField();
    else if (field === 4) answer.grantedTtlSeconds = reader.numberField();
    else reader.skip();
  }
  return answer;
}

export function encodeAuthenticate(username: string, password: string): Buffer {
  return new WireWriter().text(1, username).text(2, password).finish();
}

/** The token that the calls of a user carry. */
export function decodeAuthenticate(message: Uint8Array): string {
  const reader = new WireReader().open(message);
  let token = "";
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 2) token = reader.textField();
    else reader.skip();
  }
  return token;
}

/** Of the header field the reader stands at only the revision; the ids are stepped over. */
export function readRevision(reader: WireReader): number {
  const outerEnd = reader.enter();
  let revision = 0;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 3) revision = reader.numberField();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return revision;
}

/** Reads the header field the reader stands at. */
export function readHeader(reader: WireReader): ResponseHeader {
  const outerEnd = reader.enter();
  const header = emptyHeader();
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) header.clusterId = reader.idField();
    else if (field === 2) header.memberId = reader.idField();
    else if (field === 3) header.revision = reader.numberField();
    else if (field === 4) header.raftTerm = reader.numberField();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return header;
}

function readMember(reader: WireReader): MemberInfo {
  const outerEnd = reader.enter();
  const member: MemberInfo = { memberId: NO_ID, name: "", peerUrls: [], clientUrls: [], isLearner: false };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) member.memberId = reader.idField();
    else if (field === 2) member.name = reader.textField();
    else if (field === 3) member.peerUrls.push(reader.textField());
    else if (field === 4) member.clientUrls.push(reader.textField());
    else if (field === 5) member.isLearner = reader.boolField();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return member;
}

function readAlarm(reader: WireReader): Alarm {
  const outerEnd = reader.enter();
  const alarm: Alarm = { memberId: NO_ID, alarm: "NONE" };
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) alarm.memberId = reader.idField();
    else if (field === 2) alarm.alarm = toAlarmName(reader.numberField());
    else reader.skip();
  }
  reader.leave(outerEnd);
  return alarm;
}

/** 3.6 reports the quota; its first releases report 0 for etcd's own default. Negative switches it off. */
function toQuota(quotaBytes: number, version: string): number | null {
  if (quotaBytes > 0) return quotaBytes;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isReported = major > 3 || (major === 3 && minor >= 6);
  return quotaBytes === 0 && isReported ? DEFAULT_QUOTA_BYTES : null;
}

function toAlarmName(alarm: number): string {
  return ALARM_NAMES[alarm] ?? String(alarm);
}

function toOptionalId(id: string): string | null {
  return id === NO_ID ? null : id;
}

/** A header of which nothing has been read. */
export function emptyHeader(): ResponseHeader {
  return { clusterId: NO_ID, memberId: NO_ID, revision: 0, raftTerm: 0 };
}
