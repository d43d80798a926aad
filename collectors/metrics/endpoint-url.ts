import { AccessError, hostPort, parseEndpoint } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";
import type { SourceSecrets, SourceSettings } from "@/lib/model/sources";

/** Who is trusted, and what is shown to a server that is read. Secrets in the clear: only ever in memory. */
export interface ScrapeAccess {
  caPem?: string;
  certPem?: string;
  keyPem?: string;
  serverName?: string;
  bearerToken?: string;
}

/** The URL of a metrics page: `/metrics` below a base URL, or the page itself. Throws an AccessError. */
export function toMetricsUrl(given: string): string {
  const text = given.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.hostname === "") {
    throw new AccessError(
      `"${given}" is not the URL of a metrics page.`,
      "Write it as https://host:port, or with the path of the page behind it.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new AccessError(
      `The URL of ${url.host} holds a user name or a password.`,
      "Give a bearer token or a client certificate in its own field, and the URL without them.",
    );
  }
  url.hash = "";
  if (url.pathname === "/") url.pathname = "/metrics";
  return url.toString();
}

/** The metrics page behind one of etcd's client URLs or endpoints. Throws an AccessError. */
export function toMemberUrl(endpoint: string, access: ClusterAccess): string {
  const parsed = parseEndpoint(endpoint, access);
  return toMetricsUrl(`${parsed.isTls ? "https" : "http"}://${hostPort(parsed)}`);
}

/** What a source itself was given; of a member's source, where it was given nothing, what the cluster was. */
export function toScrapeAccess(
  { settings, secrets }: { settings: SourceSettings; secrets: SourceSecrets },
  fallback: Partial<ClusterAccess> = {},
): ScrapeAccess {
  const own = settings.certPem !== undefined;
  return {
    caPem: settings.caPem ?? fallback.caPem,
    certPem: own ? settings.certPem : fallback.certPem,
    keyPem: own ? secrets.keyPem : fallback.keyPem,
    serverName: settings.serverName ?? fallback.serverName,
    bearerToken: secrets.bearerToken?.trim() || undefined,
  };
}
