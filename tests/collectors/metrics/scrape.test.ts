import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ETCD_FAMILIES } from "@/collectors/metrics/catalogue";
import type { ScrapeAccess } from "@/collectors/metrics/endpoint-url";
import { explainScrape } from "@/collectors/metrics/explain-scrape";
import { toCatalogue } from "@/collectors/metrics/page-reader";
import { MAX_PAGE_BYTES } from "@/collectors/metrics/prometheus-text";
import { scrape } from "@/collectors/metrics/scrape";
import type { MetricSource } from "@/lib/model/metrics";
import { type CertificateAuthority, openCertificates, type TestCertificate } from "@/tests/support/certificates";
import { freePorts, startEtcd } from "@/tests/support/etcd";
import { findNewestEtcd } from "@/tests/support/etcd-versions";
import { startMetricsServer } from "@/tests/support/metrics-server";
import { readRecordedPage } from "@/tests/support/recorded-pages";

const PAGE = readRecordedPage("etcd-3.6-metrics");
const catalogue = toCatalogue(ETCD_FAMILIES);
const cleanUps: (() => unknown)[] = [];
let ca: CertificateAuthority;
let server: TestCertificate;
let client: TestCertificate;

beforeAll(async () => {
  const certificates = await openCertificates();
  cleanUps.push(() => certificates.remove());
  ca = await certificates.makeCa("test CA");
  server = await ca.sign("server", { names: ["DNS:metrics.example"] });
  client = await ca.sign("client");
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function serve(answer: RequestListener, tls?: Parameters<typeof startMetricsServer>[1]) {
  const started = await startMetricsServer(answer, tls);
  cleanUps.push(() => started.stop());
  return started;
}

const read = (url: string, access: ScrapeAccess = {}, timeoutMs = 60_000, signal = new AbortController().signal) =>
  scrape({ url, access, catalogue, timeoutMs, signal });

/** What is said of a failure; fails when there is none. */
async function explained(url: string, access: ScrapeAccess = {}, source: MetricSource = "etcd", timeoutMs?: number) {
  const failure = await read(url, access, timeoutMs).then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).not.toBeNull();
  return explainScrape(failure, { url, source, access });
}

const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(code, headers);
    response.end("no");
  };

describe("a page", () => {
  test("is read packed and unpacked, with the token and nothing else", async () => {
    const { url, requests } = await serve((request, response) => {
      const isPacked = request.headers["accept-encoding"] === "gzip" && request.url === "/packed";
      if (isPacked) response.setHeader("content-encoding", "gzip");
      response.end(isPacked ? gzipSync(PAGE) : PAGE);
    });
    const [plain, packed] = [await read(`${url}/metrics`), await read(`${url}/packed`, { bearerToken: "t0ken" })];
    expect(packed.page).toEqual(plain.page);
    expect(plain.bodyBytes).toBe(PAGE.length);
    expect(packed.bodyBytes).toBeLessThan(PAGE.length / 5);
    expect(requests.map(({ authorization }) => authorization)).toEqual([undefined, "Bearer t0ken"]);
  });

  test("is read over TLS with a client certificate and a server name", async () => {
    const { url } = await serve((_, response) => void response.end(PAGE), { server, clientCa: ca });
    const access = { caPem: ca.certPem, certPem: client.certPem, keyPem: client.keyPem, serverName: "metrics.example" };
    expect((await read(`${url}/metrics`, access)).page.samples).toBeGreaterThan(1_000);
    expect((await explained(url, { caPem: ca.certPem })).reason).toContain("is not for 127.0.0.1");
    expect((await explained(url, { ...access, caPem: undefined })).reason).toContain(
      "which this machine does not know",
    );
    expect((await explained(url, { ...access, certPem: undefined, keyPem: undefined })).reason).toContain(
      "wants a client certificate, and none is given",
    );
  });
});

describe("what is no page is said in plain words", () => {
  test.each([
    [401, "etcd", "no bearer token is given", "bearer token"],
    [401, "apiserver", "no bearer token is given", "client certificate"],
    [403, "apiserver", "does not let us read its metrics", "nonResourceURLs"],
    [404, "etcd", "has no page at /metrics", "--listen-metrics-urls"],
    [404, "apiserver", "has no page at /metrics", "kube-apiserver"],
    [500, "etcd", "HTTP 500", "log of that server"],
  ] as const)("HTTP %i of %s", async (code, source, reason, remedy) => {
    const { url } = await serve(status(code));
    const said = await explained(`${url}/metrics`, {}, source);
    expect(said.reason).toContain(reason);
    expect(said.remedy).toContain(remedy);
  });

  test("a redirect is not followed, wherever it leads", async () => {
    const other = await serve((_, response) => void response.end(PAGE));
    const { url } = await serve(status(302, { location: `${other.url}/metrics` }));
    const said = await explained(url, { bearerToken: "secret" });
    expect(said.reason).toContain(`sends us on to 127.0.0.1:${other.port} (HTTP 302), which is not followed`);
    expect(other.requests).toEqual([]);
  });

  test("a web page", async () => {
    const { url } = await serve((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html>\n<html><body>Sign in</body></html>\n");
    });
    expect((await explained(url)).reason).toContain("answers, but not with a page of metrics (text/html)");
  });

  test("a port that nobody listens on, and a name that nobody has", async () => {
    const [port] = await freePorts(1);
    expect((await explained(`http://127.0.0.1:${port}/metrics`)).reason).toContain("Connection refused");
    expect((await explained("http://no-such-host.invalid/metrics")).reason).toContain("cannot be resolved");
  });

  test("TLS where there is none, and none where there is", async () => {
    const plain = await serve((_, response) => void response.end(PAGE));
    expect((await explained(plain.url.replace("http:", "https:"))).remedy).toContain("http://");
    const secured = await serve((_, response) => void response.end(PAGE), { server });
    expect((await explained(secured.url.replace("https:", "http:"))).remedy).toContain("https://");
  });

  test("a port of etcd that speaks gRPC alone", async () => {
    const { binary } = await findNewestEtcd();
    const [http, metrics] = (await freePorts(2)).map((port) => `http://127.0.0.1:${port}`) as [string, string];
    const extraArgs = ["--listen-client-http-urls", http, "--listen-metrics-urls", metrics];
    const etcd = await startEtcd({ binary, extraArgs });
    cleanUps.push(() => etcd.stop());
    const said = await explained(`${etcd.endpoint}/metrics`);
    expect(said.reason).toContain("gRPC alone");
    expect(said.remedy).toContain("--listen-client-http-urls");
    for (const url of [http, metrics]) expect((await read(`${url}/metrics`)).page.series.size).toBeGreaterThan(100);
  });
});

describe("limits", () => {
  test("a page that does not end is given up, packed or not", async () => {
    const chunk = Buffer.alloc(1024 ** 2, "# a comment that says nothing\n");
    const { url } = await serve((request, response) => {
      if (request.url !== "/packed") {
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on("drain", more);
        more();
        return;
      }
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(Buffer.alloc(MAX_PAGE_BYTES + 1, "#")));
    });
    for (const path of ["/metrics", "/packed"]) {
      expect((await explained(url + path)).reason).toContain("larger than 64 MiB");
    }
  });

  test("a page that is cut off is no page", async () => {
    const { url } = await serve((request, response) => {
      const body = request.url === "/packed" ? gzipSync(PAGE) : PAGE;
      if (request.url === "/packed") response.setHeader("content-encoding", "gzip");
      response.setHeader("content-length", body.length);
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    });
    for (const path of ["/metrics", "/packed"]) await expect(read(url + path)).rejects.toThrow();
  });

  test("a server that does not answer is given up, and at once when we are told to stop", async () => {
    const { url } = await serve(() => undefined);
    expect((await explained(url, {}, "etcd", 50)).reason).toContain("within 0.05 s");
    const stop = new AbortController();
    const reading = read(url, {}, 60_000, stop.signal);
    stop.abort(new Error("told to stop"));
    await expect(reading).rejects.toThrow("told to stop");
  });
});
