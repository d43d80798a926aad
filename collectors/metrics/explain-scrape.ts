import type { Explanation } from "@/collectors/etcd/diagnose";
import type { ScrapeAccess } from "@/collectors/metrics/endpoint-url";
import { PageTooLargeError } from "@/collectors/metrics/prometheus-text";
import { NotMetricsError, ScrapeStatusError, ScrapeTimeoutError } from "@/collectors/metrics/scrape";
import { AccessError } from "@/lib/model/endpoint";
import type { MetricSource } from "@/lib/model/metrics";

interface Scraped {
  url: string;
  source: MetricSource;
  access: ScrapeAccess;
}

/** Says in plain words why a metrics page could not be read, and what to do. */
export function explainScrape(error: unknown, scraped: Scraped): Explanation {
  if (error instanceof AccessError) return { reason: error.reason, remedy: error.remedy };
  if (error instanceof ScrapeStatusError) return explainStatus(error, scraped);
  if (error instanceof NotMetricsError || error instanceof PageTooLargeError) return explainPage(error, scraped);
  if (error instanceof ScrapeTimeoutError) {
    return {
      reason: `${addressOf(scraped)} has not sent its whole metrics page within ${error.timeoutMs / 1_000} s.`,
      remedy: "Check the address and the load of the server; it is tried again.",
    };
  }
  const { code, message } = faultOf(error);
  return (
    explainReach(code, scraped) ??
    explainTrust(code, scraped) ??
    explainClientCertificate(`${code} ${message}`, scraped) ??
    explainProtocol(`${code} ${message}`, scraped) ?? {
      reason: `The metrics page of ${addressOf(scraped)} could not be read: ${message.replace(/\.$/, "")}.`,
      remedy: "The log of the worker has the details; it is tried again.",
    }
  );
}

const OWN_URL =
  "Where etcd serves its metrics on a port of their own (--listen-metrics-urls), set that URL for the metrics source.";
const RBAC =
  'Give the token of an account that may: a ClusterRole with nonResourceURLs ["/metrics"] and verbs ["get"], bound to it.';

function explainStatus({ statusCode, location }: ScrapeStatusError, scraped: Scraped): Explanation {
  const address = addressOf(scraped);
  const isApiserver = scraped.source === "apiserver";
  if (statusCode === 401) {
    const shown =
      scraped.access.bearerToken === undefined ? "no bearer token is given" : "the bearer token is not accepted";
    return {
      reason: `${address} wants to know who asks for its metrics, and ${shown} (HTTP 401).`,
      remedy: isApiserver
        ? "Give a valid bearer token, or a client certificate that the apiserver's CA has signed."
        : "Give the bearer token that what stands before etcd asks for.",
    };
  }
  if (statusCode === 403) {
    return {
      reason: `${address} does not let us read its metrics (HTTP 403).`,
      remedy: isApiserver ? RBAC : `Let us read the path /metrics there. ${OWN_URL}`,
    };
  }
  if (statusCode >= 300 && statusCode < 400) {
    return {
      reason: `${address} sends us on to ${hostOf(location)} (HTTP ${statusCode}), which is not followed.`,
      remedy: "Give the URL that serves the metrics itself.",
    };
  }
  if (statusCode === 404) {
    return {
      reason: `${address} has no page at ${new URL(scraped.url).pathname} (HTTP 404).`,
      remedy: isApiserver ? "Give the base URL of the kube-apiserver." : OWN_URL,
    };
  }
  return {
    reason: `${address} answered the request for its metrics with HTTP ${statusCode}.`,
    remedy: "Look at the log of that server; it is tried again.",
  };
}

function explainPage(error: NotMetricsError | PageTooLargeError, scraped: Scraped): Explanation {
  const address = addressOf(scraped);
  if (error instanceof PageTooLargeError) {
    return { reason: `The page of ${address} was not read to its end: ${error.message}.`, remedy: whatToGive(scraped) };
  }
  const type = error.contentType === "" ? "" : ` (${error.contentType})`;
  return { reason: `${address} answers, but not with a page of metrics${type}.`, remedy: whatToGive(scraped) };
}

function whatToGive({ source }: Scraped): string {
  return source === "apiserver"
    ? "Give the base URL of the kube-apiserver itself."
    : `Give the URL of an etcd member. ${OWN_URL}`;
}

function explainReach(code: string, scraped: Scraped): Explanation | null {
  const address = addressOf(scraped);
  const server = scraped.source === "apiserver" ? "the kube-apiserver" : "etcd";
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return {
        reason: `The host name ${new URL(scraped.url).hostname} cannot be resolved (${code}).`,
        remedy: "Correct the host name, or make it resolve on the machine that runs etcdscope.",
      };
    case "ECONNREFUSED":
      return {
        reason: `Connection refused by ${address}: nothing listens there.`,
        remedy: `Check that ${server} is running and that host and port are right.${scraped.source === "etcd" ? ` ${OWN_URL}` : ""}`,
      };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return {
        reason: `${address} cannot be reached (${code}).`,
        remedy: `Check the address and the network between etcdscope and ${server}.`,
      };
    default:
      return null;
  }
}

const DISTRUST = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function explainTrust(code: string, scraped: Scraped): Explanation | null {
  const address = addressOf(scraped);
  if (code === "CERT_HAS_EXPIRED") {
    return { reason: `The certificate of ${address} has expired.`, remedy: "Renew the server's certificate." };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      reason: `The certificate of ${address} is not for ${scraped.access.serverName ?? new URL(scraped.url).hostname}.`,
      remedy: "Use a name that the certificate carries in the URL, or give it as the server name.",
    };
  }
  if (!DISTRUST.has(code)) return null;
  const known = scraped.access.caPem === undefined ? "which this machine does not know" : "which is not the CA given";
  return {
    reason: `The certificate of ${address} is signed by someone else, ${known} (${code}).`,
    remedy:
      scraped.source === "apiserver"
        ? "Give the cluster's CA certificate (certificate-authority-data of a kubeconfig)."
        : "Give the CA certificate that signed etcd's server certificate.",
  };
}

function explainClientCertificate(fault: string, scraped: Scraped): Explanation | null {
  if (!/alert/i.test(fault) || !/certificate|unknown[ _]ca/i.test(fault)) return null;
  const isGiven = scraped.access.certPem !== undefined;
  return {
    reason: `${addressOf(scraped)} ${isGiven ? "does not accept the client certificate given" : "wants a client certificate, and none is given"}.`,
    remedy: `Give a client certificate that its CA has signed.${scraped.source === "etcd" ? ` ${OWN_URL}` : ""}`,
  };
}

/** Something else than HTTP/1.1 is spoken there. */
function explainProtocol(fault: string, scraped: Scraped): Explanation | null {
  const address = addressOf(scraped);
  if (/EPROTO|wrong version number|packet length too long/i.test(fault)) {
    return {
      reason: `${address} does not speak TLS as the URL asks (${scraped.url.split(":")[0]}).`,
      remedy: "Write the URL with http:// if the port is not protected.",
    };
  }
  if (/HPE_/.test(fault)) {
    return {
      reason: `${address} does not serve web pages: it may be a port for gRPC alone, or want TLS.`,
      remedy: `Write the URL with https:// if the port is protected. Where etcd serves HTTP on a port of its own (--listen-client-http-urls), set that URL. ${OWN_URL}`,
    };
  }
  if (/ECONNRESET|socket hang up|EPIPE/.test(fault)) {
    return {
      reason: `${address} closed the connection without an answer.`,
      remedy: `Check that the port serves HTTP, with https:// where it is protected; it is tried again.`,
    };
  }
  return null;
}

function addressOf({ url }: Scraped): string {
  return new URL(url).host;
}

function hostOf(location: string | null): string {
  return location !== null && URL.canParse(location) ? new URL(location).host : "another path";
}

/** Node tries several addresses of a name at once: the first failure speaks for all. */
function faultOf(error: unknown): { code: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return faultOf(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: String(error) };
  return { code: "code" in error ? String(error.code) : "", message: error.message };
}
