import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type SecureClientSessionOptions,
} from "node:http2";
import { type CallStatus, httpFault, status, statusOf } from "@/collectors/etcd/grpc-status";
import { MessageAssembler, MessageError, type MessageMemory } from "@/collectors/etcd/message-assembler";

// A whole page of a scan, and a burst of a watch, without waiting for etcd to be told to go on.
const STREAM_WINDOW_BYTES = 4 * 1024 ** 2;
const SESSION_WINDOW_BYTES = 8 * 1024 ** 2;
const SESSION_MEMORY_MB = 64;
const KEEPALIVE_MS = 10_000; // etcd hangs up on clients that ping more often than every 5 s
const KEEPALIVE_TIMEOUT_MS = 5_000;
const PREFIX_BYTES = 5;
/** Our own clock ends a call first: what etcd answers behind its deadline does not say that it was too late. */
const SERVER_GRACE_MS = 1_000;

export type GrpcHeaders = Record<string, string>;

/** Where a channel leads, and how to trust and be trusted there. */
export interface GrpcTarget {
  /** Such as `https://10.0.0.1:2379`. */
  origin: string;
  /** What the server is called in its requests, where it is not the address. */
  authority?: string;
  tls: Pick<SecureClientSessionOptions, "secureContext" | "servername">;
  maxMessageBytes: number;
}

/** How a call is made. */
export interface CallTerms {
  headers: GrpcHeaders;
  /** It ends after so many milliseconds at the latest. */
  deadlineMs?: number;
  /** Where its messages may lie, each until the next; nobody else may use it before the call has ended. */
  memory?: MessageMemory;
}

/** Hears what a call brings. `onEnd` comes once and last. */
export interface CallListener {
  onMessage(message: Buffer): void;
  onEnd(end: CallStatus): void;
}

/** A call that is going on. */
export interface GrpcCall {
  write(message: Uint8Array): void;
  /** Nothing more will be written. */
  finish(): void;
  /** Lets the server wait until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it; `onEnd` is not called any more. */
  cancel(): void;
}

/** gRPC calls to one server over one HTTP/2 session, which is opened at the first call and again after a loss. */
export class GrpcChannel {
  #target: GrpcTarget;
  #session: ClientHttp2Session | null = null;
  #openCalls = 0;
  #keepalive: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(target: GrpcTarget) {
    this.#target = target;
  }

  /** Begins a call; messages are written to it. */
  call(path: string, listener: CallListener, { headers, deadlineMs, memory }: CallTerms): GrpcCall {
    const stream = this.#open().request(
      {
        ":method": "POST",
        ":path": path,
        ...(this.#target.authority === undefined ? {} : { ":authority": this.#target.authority }),
        "content-type": "application/grpc",
        te: "trailers",
        ...(deadlineMs === undefined ? {} : { "grpc-timeout": `${Math.ceil(deadlineMs) + SERVER_GRACE_MS}m` }),
        ...headers,
      },
      { endStream: false },
    );
    this.#openCalls++;
    stream.once("close", () => this.#openCalls--);
    const assembler = new MessageAssembler(this.#target.maxMessageBytes, memory);
    return new OpenCall(stream, listener, assembler, deadlineMs);
  }

  /** Ends all calls. */
  close(): void {
    this.#isClosed = true;
    this.#drop(this.#session);
  }

  #open(): ClientHttp2Session {
    if (this.#session !== null && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const { origin, tls } = this.#target;
    const session = http2.connect(origin, {
      ...tls,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, enablePush: false },
      maxSessionMemory: SESSION_MEMORY_MB,
    });
    session.once("connect", () => {
      if (!session.destroyed) session.setLocalWindowSize(SESSION_WINDOW_BYTES); // it may have been closed meanwhile
    });
    session.on("error", () => undefined); // each call hears of it
    session.once("close", () => this.#forget(session));
    session.once("goaway", () => this.#forget(session)); // its calls may end, new ones go elsewhere
    this.#session = session;
    if (this.#isClosed) this.#drop(session);
    this.#keepalive ??= setInterval(() => this.#ping(), KEEPALIVE_MS).unref();
    return session;
  }

  /** While calls wait for an answer: a connection that was cut silently would have them wait for ever. */
  #ping(): void {
    const session = this.#session;
    if (session === null || session.connecting || session.destroyed || this.#openCalls === 0) return;
    const timer = setTimeout(
      () => session.destroy(new Error("the connection has fallen silent")),
      KEEPALIVE_TIMEOUT_MS,
    );
    timer.unref();
    if (!session.ping(() => clearTimeout(timer))) clearTimeout(timer);
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = null;
  }

  #drop(session: ClientHttp2Session | null): void {
    if (this.#keepalive !== null) clearInterval(this.#keepalive);
    this.#keepalive = null;
    session?.destroy();
    this.#session = null;
  }
}

class OpenCall implements GrpcCall {
  #stream: ClientHttp2Stream;
  #listener: CallListener | null;
  #status: CallStatus | null = null;
  #fault: Error | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(stream: ClientHttp2Stream, listener: CallListener, assembler: MessageAssembler, deadlineMs?: number) {
    this.#stream = stream;
    this.#listener = listener;
    const take = (message: Buffer) => this.#listener?.onMessage(message);
    stream.on("response", (headers) => {
      this.#status ??= httpFault(headers) ?? statusOf(headers);
    });
    stream.on("trailers", (headers) => {
      this.#status ??= statusOf(headers);
    });
    stream.on("data", (chunk: Buffer) => {
      if (this.#status !== null || this.#listener === null) return; // what is no gRPC, or comes behind the end
      try {
        assembler.push(chunk, take);
      } catch (error) {
        this.#end(statusOfMessageError(error));
      }
    });
    stream.on("error", (error) => {
      this.#fault = error;
    });
    stream.once("close", () => this.#end(this.#status ?? statusOfLoss(this.#fault, stream.rstCode)));
    if (deadlineMs === undefined) return;
    const tooLate = { code: status.DEADLINE_EXCEEDED, details: `Deadline exceeded after ${deadlineMs / 1_000} s` };
    this.#timer = setTimeout(() => this.#end(tooLate), deadlineMs);
  }

  write(message: Uint8Array): void {
    const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
    frame[0] = 0;
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, PREFIX_BYTES);
    if (!this.#stream.destroyed && !this.#stream.closed) this.#stream.write(frame);
  }

  finish(): void {
    if (!this.#stream.destroyed) this.#stream.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  cancel(): void {
    this.#listener = null;
    this.#end({ code: status.CANCELLED, details: "Cancelled" });
  }

  #end(end: CallStatus): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const listener = this.#listener;
    this.#listener = null;
    if (!this.#stream.closed && !this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_CANCEL);
    listener?.onEnd(end);
  }
}

function statusOfMessageError(error: unknown): CallStatus {
  if (!(error instanceof MessageError)) throw error;
  return { code: error.isTooLong ? status.RESOURCE_EXHAUSTED : status.INTERNAL, details: error.message };
}

/** The call ended without a status: the connection was not made, or lost. */
function statusOfLoss(fault: Error | null, rstCode: number | undefined): CallStatus {
  const cause = fault?.cause instanceof Error ? fault.cause : fault;
  if (cause !== null) return { code: status.UNAVAILABLE, details: cause.message };
  const code = rstCode === constants.NGHTTP2_CANCEL ? status.CANCELLED : status.UNAVAILABLE;
  return { code, details: `the stream was closed (HTTP/2 code ${rstCode ?? "none"})` };
}
