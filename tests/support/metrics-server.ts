import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestCertificate } from "@/tests/support/certificates";

/** A web server on loopback that a test answers with. */
export interface MetricsServer {
  url: string;
  port: number;
  /** The headers of each request, in the order they came. */
  requests: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** Starts a server; over TLS when it is given a certificate. */
export async function startMetricsServer(
  answer: RequestListener,
  tls?: { server: TestCertificate; clientCa?: TestCertificate },
): Promise<MetricsServer> {
  const requests: IncomingHttpHeaders[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request.headers);
    answer(request, response);
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer(
          {
            cert: tls.server.certPem,
            key: tls.server.keyPem,
            ca: tls.clientCa?.certPem,
            requestCert: tls.clientCa !== undefined,
            rejectUnauthorized: tls.clientCa !== undefined,
          },
          listener,
        );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, port, requests, stop };
}

/** Answers with one page after the other, and goes on with the last. */
export function serveInTurn(pages: readonly (string | Buffer)[]): RequestListener {
  let next = 0;
  return (_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
    response.end(pages[Math.min(next++, pages.length - 1)]);
  };
}
