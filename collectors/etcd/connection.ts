import { X509Certificate } from "node:crypto";
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { EtcdError, isTokenRefused } from "@/collectors/etcd/errors";
import { KeyValueCursor } from "@/collectors/etcd/key-value";
import {
  type Alarm,
  decodeAlarmList,
  decodeAuthenticate,
  decodeLeaseTimeToLive,
  decodeMemberList,
  decodeRange,
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
import { type WatchCall, type WatchRequest, WatchStream } from "@/collectors/etcd/watch";
import { AccessError, type Endpoint, hostPort, parseEndpoint } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

export interface CallOptions {
  signal?: AbortSignal;
  deadlineMs?: number;
}

const CALL_DEADLINE_MS = 5_000;
const RANGE_DEADLINE_MS = 30_000;
const METHODS = {
  Range: "/etcdserverpb.KV/Range",
  Watch: "/etcdserverpb.Watch/Watch",
  LeaseTimeToLive: "/etcdserverpb.Lease/LeaseTimeToLive",
  MemberList: "/etcdserverpb.Cluster/MemberList",
  Alarm: "/etcdserverpb.Maintenance/Alarm",
  Status: "/etcdserverpb.Maintenance/Status",
  Authenticate: "/etcdserverpb.Auth/Authenticate",
} as const;
type Method = keyof typeof METHODS;

const CHANNEL_OPTIONS = {
  "grpc.max_receive_message_length": -1, // a page of 1.5 MiB values exceeds the default of 4 MiB
  "grpc-node.flow_control_window": 4 * 1024 ** 2, // HTTP/2's 64 KiB would cost a round trip each
  "grpc.keepalive_time_ms": 10_000, // etcd hangs up on clients that ping more often than every 5 s
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.keepalive_permit_without_calls": 0,
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 2_000,
  "grpc.use_local_subchannel_pool": 1, // a heavy read must not share the watch's connection (etcd#15402)
  "grpc.enable_retries": 0,
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
};

/**
 * A connection to one endpoint that can only read. It connects at the first call and again after a loss. Every call
 * fails with an EtcdError, or with the signal's reason when it was aborted.
 */
export class EtcdConnection {
  readonly endpoint: string;
  #client: Client;
  #access: ClusterAccess;
  #metadata: Promise<Metadata> | null = null;
  #cursor = new KeyValueCursor();

  private constructor(endpoint: string, access: ClusterAccess, client: Client) {
    this.endpoint = endpoint;
    this.#access = access;
    this.#client = client;
  }

  /** Throws an AccessError when the endpoint is no address or a certificate no PEM; does not connect yet. */
  static open(endpoint: string, access: ClusterAccess): EtcdConnection {
    const parsed = parseEndpoint(endpoint, access);
    const options = { ...CHANNEL_OPTIONS, ...nameOptions(access, parsed) };
    const client = new Client(`dns:${hostPort(parsed)}`, channelCredentials(access, parsed), options);
    return new EtcdConnection(endpoint, access, client);
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
    const message = await this.#call("Range", encodeRange(request), { deadlineMs: RANGE_DEADLINE_MS, ...options });
    return decodeRange(message, this.#cursor, visit);
  }

  /** How long a lease has left. `leaseId` is hex text. */
  async leaseTimeToLive(leaseId: string, options: CallOptions = {}): Promise<LeaseAnswer> {
    return decodeLeaseTimeToLive(await this.#call("LeaseTimeToLive", encodeLeaseTimeToLive(leaseId), options));
  }

  /** Opens a watch at once; `signal` closes it. */
  watch(request: WatchRequest & { signal?: AbortSignal }): WatchStream {
    return new WatchStream(this.endpoint, request, (renewToken) => this.#openWatch(renewToken));
  }

  /** Logs in, when the access has a user; calls do this by themselves. False when etcd runs without authentication. */
  async authenticate(options: CallOptions = {}): Promise<boolean> {
    if (this.#access.username === undefined) return false;
    const metadata = await this.#authenticated(options);
    return metadata.get("token").length > 0;
  }

  close(): void {
    this.#client.close();
  }

  async #call(method: Method, request: Buffer, options: CallOptions): Promise<Buffer> {
    const metadata = this.#authenticated(options);
    try {
      return await this.#unary(method, request, await metadata, options);
    } catch (error) {
      if (!isTokenRefused(error) || this.#access.username === undefined) throw error;
      // Another call may have renewed the token meanwhile.
      if (this.#metadata === metadata) this.#metadata = null;
      return this.#unary(method, request, await this.#authenticated(options), options);
    }
  }

  /** The metadata of every call: the user's token. Logs in when that has not been done; a failure is not kept. */
  #authenticated(options: CallOptions): Promise<Metadata> {
    if (this.#metadata === null) {
      const metadata = this.#logIn(options);
      this.#metadata = metadata;
      metadata.catch(() => {
        if (this.#metadata === metadata) this.#metadata = null;
      });
    }
    return this.#metadata;
  }

  async #logIn({ deadlineMs = CALL_DEADLINE_MS }: CallOptions): Promise<Metadata> {
    const metadata = new Metadata();
    const { username, password = "" } = this.#access;
    if (username === undefined) return metadata;
    try {
      // Without the signal of the call that happens to be the first: others may wait for this token too.
      const answer = await this.#unary("Authenticate", encodeAuthenticate(username, password), metadata, {
        deadlineMs,
      });
      metadata.set("token", decodeAuthenticate(answer));
    } catch (error) {
      if (!(error instanceof EtcdError && error.details.includes("authentication is not enabled"))) throw error;
    }
    return metadata;
  }

  #unary(method: Method, request: Buffer, metadata: Metadata, options: CallOptions): Promise<Buffer> {
    const { signal, deadlineMs = CALL_DEADLINE_MS } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const deadline = Date.now() + deadlineMs;
      const call = this.#client.makeUnaryRequest(METHODS[method], asIs, asIs, request, metadata, { deadline }, done);
      const abort = () => call.cancel();
      signal?.addEventListener("abort", abort, { once: true });
      const fail = (error: ServiceError) => reject(signal?.aborted ? signal.reason : this.#toError(method, error));
      function done(error: ServiceError | null, answer?: Buffer) {
        signal?.removeEventListener("abort", abort);
        if (error) fail(error);
        else resolve(answer ?? Buffer.alloc(0));
      }
    });
  }

  async #openWatch(renewToken: boolean): Promise<WatchCall> {
    if (renewToken) this.#metadata = null;
    const metadata = (await this.#authenticated({})).clone();
    // A member cut off from the others would keep the watch and send nothing: have it end the watch instead.
    metadata.set("hasleader", "true");
    return this.#client.makeBidiStreamRequest(METHODS.Watch, asIs, asIs, metadata);
  }

  #toError(method: Method, { code, details }: ServiceError): EtcdError {
    return new EtcdError({ code: code ?? status.UNKNOWN, details, endpoint: this.endpoint, method });
  }
}

function asIs(message: Buffer): Buffer {
  return message;
}

function nameOptions(access: ClusterAccess, { isTls }: Endpoint): Record<string, string> {
  if (!isTls || access.serverName === undefined) return {};
  return { "grpc.ssl_target_name_override": access.serverName, "grpc.default_authority": access.serverName };
}

function channelCredentials(access: ClusterAccess, { isTls }: Endpoint) {
  if (!isTls) return credentials.createInsecure();
  if ((access.certPem === undefined) !== (access.keyPem === undefined)) {
    throw new AccessError(
      `A client certificate needs its private key: only the ${access.certPem === undefined ? "key" : "certificate"} is given.`,
      "Give both the client certificate and its key, or neither.",
    );
  }
  try {
    if (access.caPem !== undefined) new X509Certificate(access.caPem); // TLS itself passes over what it cannot read
    return credentials.createSsl(toBuffer(access.caPem), toBuffer(access.keyPem), toBuffer(access.certPem));
  } catch (error) {
    throw new AccessError(
      `The certificates given cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      "Give the CA, the client certificate and its key as PEM text (-----BEGIN ...); the key must belong to the certificate and have no passphrase.",
    );
  }
}

function toBuffer(pem: string | undefined): Buffer | null {
  return pem === undefined ? null : Buffer.from(pem);
}
