import { type IncomingMessage, request } from "node:http";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { checkServerIdentity, connect as connectTls } from "node:tls";
import { createGunzip } from "node:zlib";
import { type ClockReading, parseHttpDate } from "@/collectors/metrics/clock-bounds";
import type { ScrapeAccess } from "@/collectors/metrics/endpoint-url";
import { type Catalogue, type MetricPage, PageReader } from "@/collectors/metrics/page-reader";
import { MAX_PAGE_BYTES, PageTooLargeError } from "@/collectors/metrics/prometheus-text";

/** A page as it was read. */
export interface Scrape {
  page: MetricPage;
  /** When the answer began: what it says is as of then. */
  at: Date;
  tookMs: number;
  /** As sent, packed or not. */
  bodyBytes: number;
  /** What its clock showed; null: it does not tell. */
  clock: ClockReading | null;
}

/** The server has answered, but not with a page of metrics. */
export class ScrapeStatusError extends Error {
  override name = "ScrapeStatusError";
  constructor(
    readonly statusCode: number,
    readonly location: string | null,
  ) {
    super(`the server answered HTTP ${statusCode}`);
  }
}

/** What was sent is no page of metrics. */
export class NotMetricsError extends Error {
  override name = "NotMetricsError";
  constructor(readonly contentType: string) {
    super(`the page (${contentType || "of no type"}) holds no metrics`);
  }
}

/** No whole page in time. */
export class ScrapeTimeoutError extends Error {
  override name = "ScrapeTimeoutError";
  constructor(readonly timeoutMs: number) {
    super(`no whole page within ${timeoutMs / 1_000} s`);
  }
}

export interface ScrapeRequest {
  url: string;
  access: ScrapeAccess;
  catalogue: Catalogue;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Reads a metrics page, parsing it as it comes. Follows no redirect and uses no proxy: what is sent along is for this
 * server alone. Throws Node's error of the connection, or one of those above.
 */
export async function scrape({ url, access, catalogue, timeoutMs, signal }: ScrapeRequest): Promise<Scrape> {
  const startedMs = performance.now();
  const askedMs = Date.now();
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await ask(new URL(url), access, AbortSignal.any([signal, late]));
    const at = new Date();
    const secondMs = parseHttpDate(answer.headers.date);
    const clock = secondMs === null ? null : { secondMs, askedMs, answeredMs: at.getTime() };
    const { page, bodyBytes } = await readPage(answer, catalogue);
    return { page, at, bodyBytes, clock, tookMs: performance.now() - startedMs };
  } catch (error) {
    signal.throwIfAborted();
    throw late.aborted ? new ScrapeTimeoutError(timeoutMs) : error;
  }
}

function ask(url: URL, access: ScrapeAccess, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "https:";
  const port = Number(url.port) || (isTls ? 443 : 80);
  const headers = {
    host: url.host,
    accept: "text/plain;version=0.0.4;q=1,*/*;q=0.1",
    "accept-encoding": "gzip",
    "user-agent": "etcdscope",
    connection: "close",
    ...(access.bearerToken === undefined ? {} : { authorization: `Bearer ${access.bearerToken}` }),
  };
  return new Promise((resolve, reject) => {
    const createConnection = () => (isTls ? openTls({ host, port }, access) : connectTcp({ host, port }));
    const asking = request({ path: url.pathname + url.search, headers, createConnection, signal }, resolve);
    asking.on("error", reject);
    asking.end();
  });
}

/** Offers no application protocol: etcd 3.4 knows only `h2` there, and serves its pages to those who offer none. */
function openTls({ host, port }: { host: string; port: number }, access: ScrapeAccess): Socket {
  const name = access.serverName ?? host;
  return connectTls({
    host,
    port,
    servername: isIP(name) ? "" : name,
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    ca: access.caPem,
    cert: access.certPem,
    key: access.keyPem,
  });
}

async function readPage(
  answer: IncomingMessage,
  catalogue: Catalogue,
): Promise<{ page: MetricPage; bodyBytes: number }> {
  try {
    const { statusCode = 0 } = answer;
    if (statusCode !== 200) throw new ScrapeStatusError(statusCode, answer.headers.location ?? null);
    const reader = new PageReader(catalogue);
    let bodyBytes = 0;
    answer.on("data", (chunk: Buffer) => {
      bodyBytes += chunk.length;
      if (bodyBytes > MAX_PAGE_BYTES) answer.destroy(new PageTooLargeError());
    });
    for await (const chunk of unpacked(answer)) reader.push(chunk);
    const page = reader.finish();
    if (isNoPage(page)) throw new NotMetricsError(String(answer.headers["content-type"] ?? "").slice(0, 100));
    return { page, bodyBytes };
  } finally {
    answer.destroy();
  }
}

function unpacked(answer: IncomingMessage): Readable {
  if (answer.headers["content-encoding"] !== "gzip") return answer;
  const unzip = createGunzip();
  answer.on("error", (error) => unzip.destroy(error));
  answer.on("close", () => {
    if (!answer.complete) unzip.destroy(new Error("the page ended too early"));
  });
  return answer.pipe(unzip);
}

/** Nothing that could be used, and something that could not: a web page, or another server's metrics. */
function isNoPage({ samples, badLines, series }: MetricPage): boolean {
  return series.size === 0 && (samples === 0 || badLines >= samples);
}
