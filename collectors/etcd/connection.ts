import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { CostMeter } from "@/collectors/cost-meter";
import { EtcdError, isTokenRefused } from "@/collectors/etcd/errors";
import {
  type CallListener,
  type GrpcCall,
  GrpcChannel,
  type GrpcHeaders,
  type GrpcTarget,
} from "@/collectors/etcd/grpc";
import { type CallStatus, status } from "@/collectors/etcd/grpc-status";
import {
  decodeHashKv,
  decodeProbe,
  encodeHashKv,
  type HashAnswer,
  type ProbeAnswer,
} from "@/collectors/etcd/health-calls";
import { KeyValueCursor } from "@/collectors/etcd/key-value";
import {
  decodeLeaseKeys,
  decodeLeaseList,
  encodeLeaseKeys,
  encodeLeaseList,
  type LeaseKeys,
  type LeaseList,
} from "@/collectors/etcd/lease-calls";
import { MessageMemory } from "@/collectors/etcd/message-assembler";
import {
  type Alarm,
  decodeAlarmList,
  decodeAuthenticate,
  decodeLeaseTimeToLive,
  decodeMemberList,
  decodeStatus,
  encodeAlarmList,
  encodeAuthenticate,
  encodeLeaseTimeToLive,
  encodeRange,
  type LeaseAnswer,
  type MemberListAnswer,
  type RangeAnswer,
  type RangeRequest,
  type StatusAnswer,
} from "@/collectors/etcd/messages";
import { RangePage } from "@/collectors/etcd/range-page";
import { type WatchOptions, type WatchRequest, WatchStream } from "@/collectors/etcd/watch";
import { AccessError, type Endpoint, hostPort, parseEndpoint } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

export interface CallOptions {
  signal?: AbortSignal;
  deadlineMs?: number;
  /** For the answer, which is then good until the next call with it; one call at a time. */
  memory?: MessageMemory;
}

const CALL_DEADLINE_MS = 5_000;
const RANGE_DEADLINE_MS = 30_000;
/** A member reads its whole db for it: 6 s at 1.5 GB on a slow machine. */
const HASH_DEADLINE_MS = 300_000;
const METHODS = {
  Range: "/etcdserverpb.KV/Range",
  Watch: "/etcdserverpb.Watch/Watch",
  LeaseTimeToLive: "/etcdserverpb.Lease/LeaseTimeToLive",
  LeaseLeases: "/etcdserverpb.Lease/LeaseLeases",
  MemberList: "/etcdserverpb.Cluster/MemberList",
  Alarm: "/etcdserverpb.Maintenance/Alarm",
  Status: "/etcdserverpb.Maintenance/Status",
  HashKV: "/etcdserverpb.Maintenance/HashKV",
  Authenticate: "/etcdserverpb.Auth/Authenticate",
} as const;
type Method = keyof typeof METHODS;

/** A page of the largest values etcd takes by default is a few hundred MiB; a limit keeps a scan's next page smaller. */
const MAX_MESSAGE_BYTES = 256 * 1024 ** 2;

/**
 * A connection to one endpoint that can only read. It connects at the first call and again after a loss. Every call
 * fails with an EtcdError, or with the signal's reason when it was aborted.
 */
export class EtcdConnection {
  readonly endpoint: string;
  #channel: GrpcChannel;
  #access: ClusterAccess;
  /** The headers of every call: the user's token. */
  #headers: Promise<GrpcHeaders> | null = null;
  #cursor = new KeyValueCursor();
  #meter: CostMeter | undefined;

  private constructor(endpoint: string, access: ClusterAccess, channel: GrpcChannel, meter?: CostMeter) {
    this.endpoint = endpoint;
    this.#access = access;
    this.#channel = channel;
    this.#meter = meter;
  }

  /**
   * Throws an AccessError when the endpoint is no address or a certificate no PEM; does not connect yet. `meter` counts
   * what the calls cost.
   */
  static open(endpoint: string, access: ClusterAccess, meter?: CostMeter): EtcdConnection {
    const parsed = parseEndpoint(endpoint, access);
    return new EtcdConnection(endpoint, access, new GrpcChannel(targetOf(parsed, access)), meter);
  }

  async status(options: CallOptions = {}): Promise<StatusAnswer> {
    return decodeStatus(await this.#call("Status", Buffer.alloc(0), options));
  }

  async memberList(options: CallOptions = {}): Promise<MemberListAnswer> {
    return decodeMemberList(await this.#call("MemberList", Buffer.alloc(0), options));
  }

  async alarmList(options: CallOptions = {}): Promise<Alarm[]> {
    return decodeAlarmList(await this.#call("Alarm", encodeAlarmList(), options));
  }

  /** Reads a range. `visit` gets every key once the whole page is here; the object is reused for the next key. */
  async range(
    request: RangeRequest,
    visit: (kv: KeyValueCursor) => void,
    options: CallOptions = {},
  ): Promise<RangeAnswer> {
    return (await this.rangePage(request, options)).visit(visit);
  }

  /** Reads a range and answers it as it came, to be looked into at leisure. */
  async rangePage(request: RangeRequest, options: CallOptions = {}): Promise<RangePage> {
    const message = await this.#call("Range", encodeRange(request), { deadlineMs: RANGE_DEADLINE_MS, ...options });
    return new RangePage(message, this.#cursor, this.#meter);
  }

  /** Reads one key that should not be there, for who answers and how soon; a value would not be sent. */
  async probe(key: Uint8Array, serializable: boolean, options: CallOptions = {}): Promise<ProbeAnswer> {
    return decodeProbe(
      await this.#call("Range", encodeRange({ key, limit: 1, serializable, keysOnly: true }), options),
    );
  }

  /** The member's hash over its keys at a revision: it reads its whole db, and takes a core while it does. */
  async hashKv(revision: number, options: CallOptions = {}): Promise<HashAnswer> {
    return decodeHashKv(
      await this.#call("HashKV", encodeHashKv(revision), { deadlineMs: HASH_DEADLINE_MS, ...options }),
    );
  }

  /** How long a lease has left. `leaseId` is hex text. */
  async leaseTimeToLive(leaseId: string, options: CallOptions = {}): Promise<LeaseAnswer> {
    return decodeLeaseTimeToLive(await this.#call("LeaseTimeToLive", encodeLeaseTimeToLive(leaseId), options));
  }

  /** How many leases there are, and at most `sampleSize` of them, evenly drawn. */
  async leaseList(sampleSize: number, options: CallOptions = {}): Promise<LeaseList> {
    const message = await this.#call("LeaseLeases", encodeLeaseList(), { deadlineMs: RANGE_DEADLINE_MS, ...options });
    return decodeLeaseList(message, sampleSize, Math.random);
  }

  /** A lease's time to live and, with `keys`, how many keys are attached to it. `leaseId` is hex text. */
  async leaseKeys(leaseId: string, keys: boolean, options: CallOptions = {}): Promise<LeaseKeys & { bytes: number }> {
    const message = await this.#call("LeaseTimeToLive", encodeLeaseKeys(leaseId, keys), options);
    return { ...decodeLeaseKeys(message, keys), bytes: message.length };
  }

  /** Opens a watch at once; `signal` closes it. */
  watch(request: WatchRequest & WatchOptions): WatchStream {
    const open = (listener: CallListener, renewToken: boolean) => this.#openWatch(listener, renewToken);
    return new WatchStream(this.endpoint, request, open, this.#meter);
  }

  /** Logs in, when the access has a user; calls do this by themselves. False when etcd runs without authentication. */
  async authenticate(options: CallOptions = {}): Promise<boolean> {
    if (this.#access.username === undefined) return false;
    const headers = await this.#authenticated(options);
    return headers.token !== undefined;
  }

  close(): void {
    this.#channel.close();
  }

  async #call(method: Method, request: Buffer, options: CallOptions): Promise<Buffer> {
    const headers = this.#authenticated(options);
    try {
      return await this.#unary(method, request, await headers, options);
    } catch (error) {
      if (!isTokenRefused(error) || this.#access.username === undefined) throw error;
      // Another call may have renewed the token meanwhile.
      if (this.#headers === headers) this.#headers = null;
      return this.#unary(method, request, await this.#authenticated(options), options);
    }
  }

  /** Logs in when that has not been done; a failure is not kept. */
  #authenticated(options: CallOptions): Promise<GrpcHeaders> {
    if (this.#headers === null) {
      const headers = this.#logIn(options);
      this.#headers = headers;
      headers.catch(() => {
        if (this.#headers === headers) this.#headers = null;
      });
    }
    return this.#headers;
  }

  async #logIn({ deadlineMs = CALL_DEADLINE_MS }: CallOptions): Promise<GrpcHeaders> {
    const { username, password = "" } = this.#access;
    if (username === undefined) return {};
    try {
      // Without the signal of the call that happens to be the first: others may wait for this token too.
      const answer = await this.#unary("Authenticate", encodeAuthenticate(username, password), {}, { deadlineMs });
      return { token: decodeAuthenticate(answer) };
    } catch (error) {
      if (error instanceof EtcdError && error.details.includes("authentication is not enabled")) return {};
      throw error;
    }
  }

  #unary(method: Method, request: Buffer, headers: GrpcHeaders, options: CallOptions): Promise<Buffer> {
    const { signal, deadlineMs = CALL_DEADLINE_MS, memory } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const startedMs = performance.now();
      let answer: Buffer = Buffer.alloc(0);
      const settle = () => {
        signal?.removeEventListener("abort", abort);
        this.#meter?.addRequest(performance.now() - startedMs, answer.length);
      };
      const listener: CallListener = {
        onMessage: (message) => {
          answer = message;
        },
        onEnd: (end) => {
          settle();
          if (end.code === status.OK) resolve(answer);
          else reject(this.#toError(method, end));
        },
      };
      const call = this.#channel.call(METHODS[method], listener, { headers, deadlineMs, memory });
      const abort = () => {
        call.cancel();
        settle();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      call.write(request);
      call.finish();
    });
  }

  async #openWatch(listener: CallListener, renewToken: boolean): Promise<GrpcCall> {
    if (renewToken) this.#headers = null;
    const headers = await this.#authenticated({});
    this.#meter?.addWatch();
    // A member cut off from the others would keep the watch and send nothing: have it end the watch instead.
    const terms = { headers: { ...headers, hasleader: "true" }, memory: new MessageMemory() };
    return this.#channel.call(METHODS.Watch, listener, terms);
  }

  #toError(method: Method, { code, details }: CallStatus): EtcdError {
    return new EtcdError({ code, details, endpoint: this.endpoint, method });
  }
}

function targetOf(endpoint: Endpoint, access: ClusterAccess): GrpcTarget {
  const origin = `${endpoint.isTls ? "https" : "http"}://${hostPort(endpoint)}`;
  const target = { origin, maxMessageBytes: MAX_MESSAGE_BYTES };
  if (!endpoint.isTls) return { ...target, tls: {} };
  const { serverName } = access;
  const secureContext = secureContextOf(access);
  if (serverName === undefined) return { ...target, tls: { secureContext } };
  return { ...target, authority: serverName, tls: { secureContext, servername: serverName } };
}

function secureContextOf(access: ClusterAccess): SecureContext {
  if ((access.certPem === undefined) !== (access.keyPem === undefined)) {
    throw new AccessError(
      `A client certificate needs its private key: only the ${access.certPem === undefined ? "key" : "certificate"} is given.`,
      "Give both the client certificate and its key, or neither.",
    );
  }
  try {
    if (access.caPem !== undefined) new X509Certificate(access.caPem); // TLS itself passes over what it cannot read
    return createSecureContext({ ca: access.caPem, key: access.keyPem, cert: access.certPem });
  } catch (error) {
    throw new AccessError(
      `The certificates given cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      "Give the CA, the client certificate and its key as PEM text (-----BEGIN ...); the key must belong to the certificate and have no passphrase.",
    );
  }
}
