import type { ClusterAccess } from "@/lib/model/questions";

/** Access that cannot work whatever the server does: an endpoint that is no address, a certificate that is no PEM. */
export class AccessError extends Error {
  override name = "AccessError";
  constructor(
    readonly reason: string,
    readonly remedy: string,
  ) {
    super(reason);
  }
}

/** An endpoint taken apart. */
export interface Endpoint {
  host: string;
  port: number;
  isTls: boolean;
}

const DEFAULT_PORT = 2379;

/**
 * Takes `https://host:port`, `http://host:port` or `host:port` apart. Without a scheme it is TLS when the access has
 * any certificate, else plain. Throws an AccessError that names the endpoint.
 */
export function parseEndpoint(endpoint: string, access: ClusterAccess): Endpoint {
  const text = endpoint.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") throw unusable(endpoint, `scheme ${scheme}://`);
  const isTls = scheme === undefined ? hasTlsMaterial(access) : scheme === "https";
  const url = toUrl(scheme === undefined ? `http://${text}` : text);
  if (url?.username || url?.password) {
    throw new AccessError(
      `The endpoint of ${url.host} holds a user name or a password.`,
      "Give the user name and the password in their own fields, and the endpoint without them.",
    );
  }
  if (url === null || url.hostname === "") throw unusable(endpoint, "no host and port");
  if (!["", "/"].includes(url.pathname) || url.search !== "") throw unusable(endpoint, `path ${url.pathname}`);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: portOf(text, url), isTls };
}

/** The endpoint as a gRPC target and in messages: `host:port`, an IPv6 address in brackets. */
export function hostPort({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function hasTlsMaterial(access: ClusterAccess): boolean {
  return [access.caPem, access.certPem, access.keyPem, access.serverName].some((given) => given !== undefined);
}

function toUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** URL drops a port that is the scheme's own (80, 443), so it is looked up in the text. */
function portOf(text: string, url: URL): number {
  if (url.port !== "") return Number(url.port);
  const given = /:(\d+)\/?$/.exec(text)?.[1];
  return given === undefined ? DEFAULT_PORT : Number(given);
}

function unusable(endpoint: string, what: string): AccessError {
  return new AccessError(
    `"${endpoint}" is not an etcd endpoint (${what}).`,
    "Write an endpoint as https://host:2379 or http://host:2379.",
  );
}
