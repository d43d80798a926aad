import { request } from "node:http";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Endpoint } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

/** What broke a step of a probe off: Node's error code, or `TIMEOUT`. */
export interface ProbeFault {
  code: string;
  message: string;
}

/** A TLS handshake. `distrust` is why the certificate is not to be trusted: OpenSSL's or Node's code. */
export type TlsProbe = { fault: ProbeFault } | { fault: null; distrust: string | null; certificate: PeerCertificate };

export type HttpProbe = { fault: ProbeFault } | { fault: null; statusCode: number; body: string };

const STEP_MS = 3_000;
const BODY_LIMIT = 4_096;

/** Can the port be reached at all? Null when it can. */
export async function probeTcp({ host, port }: Endpoint): Promise<ProbeFault | null> {
  const socket = connectTcp({ host, port });
  try {
    return await eventOrFault(socket, "connect");
  } finally {
    socket.destroy();
  }
}

/** Shakes hands over TLS, trusting everybody for the moment, and tells what there is to object to. */
export async function probeTls(endpoint: Endpoint, access: ClusterAccess): Promise<TlsProbe> {
  const socket = openTls(endpoint, access);
  try {
    const fault = await eventOrFault(socket, "secureConnect");
    if (fault) return { fault };
    const certificate = socket.getPeerCertificate();
    return { fault: null, distrust: distrustOf(socket, certificate, access.serverName ?? endpoint.host), certificate };
  } finally {
    socket.destroy();
  }
}

/** Asks for a path by HTTP/1.1, over TLS when `isTls`, and reads the start of the answer. */
export function probeHttp(endpoint: Endpoint, access: ClusterAccess, path: string): Promise<HttpProbe> {
  const { host, port, isTls } = endpoint;
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ fault: toFault(error) });
    const socket = isTls ? openTls(endpoint, access) : connectTcp({ host, port });
    socket.on("error", fail);
    const asking = request({ host, port, path, createConnection: () => socket }, (answer) => {
      let body = "";
      const done = () => {
        resolve({ fault: null, statusCode: answer.statusCode ?? 0, body });
        asking.destroy();
      };
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > BODY_LIMIT) done();
      });
      answer.on("end", done);
      answer.on("error", done);
    });
    asking.on("error", fail);
    asking.setTimeout(STEP_MS, () => asking.destroy(new TimeoutError()));
    asking.end();
  });
}

class TimeoutError extends Error {
  readonly code = "TIMEOUT";
  constructor() {
    super(`no answer within ${STEP_MS / 1_000} s`);
  }
}

/** Offers no application protocol: etcd knows only `h2`, and would break an HTTP/1.1 offer off. */
function openTls({ host, port }: Endpoint, access: ClusterAccess): TLSSocket {
  const name = access.serverName ?? host;
  return connectTls({
    host,
    port,
    servername: isIP(name) ? "" : name,
    ca: access.caPem,
    cert: access.certPem,
    key: access.keyPem,
    rejectUnauthorized: false,
  });
}

function distrustOf(socket: TLSSocket, certificate: PeerCertificate, name: string): string | null {
  if (!socket.authorized && socket.authorizationError) return String(codeOf(socket.authorizationError));
  return checkServerIdentity(name, certificate) ? "ERR_TLS_CERT_ALTNAME_INVALID" : null;
}

function eventOrFault(socket: Socket, event: "connect" | "secureConnect"): Promise<ProbeFault | null> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve(null));
    socket.on("error", (error) => resolve(toFault(error)));
    socket.once("close", () => resolve({ code: "ECONNRESET", message: "the connection was closed" }));
    socket.setTimeout(STEP_MS, () => resolve(toFault(new TimeoutError())));
  });
}

function toFault(error: Error): ProbeFault {
  return { code: codeOf(error), message: error.message };
}

/** Node sets `authorizationError` to a code, or to an error that has one. */
function codeOf(error: Error | string): string {
  if (typeof error === "string") return error;
  return "code" in error ? String(error.code) : error.message;
}
