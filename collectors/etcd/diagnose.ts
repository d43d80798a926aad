import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import { type HttpProbe, type ProbeFault, probeHttp, probeTcp, probeTls } from "@/collectors/etcd/probe";
import { type Endpoint, hostPort, parseEndpoint } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

/** What is wrong and what to do, a sentence or two each. */
export interface Explanation {
  reason: string;
  remedy: string;
  /** How far the way to etcd was found to lead: to no port, to no trust, or to no etcd. */
  failedAt?: "reach" | "tls" | "etcd";
}

interface Probed {
  endpoint: Endpoint;
  access: ClusterAccess;
  /** As the reader wrote it. */
  given: string;
  address: string;
}

/**
 * Finds out by small steps of its own why an endpoint does not answer as etcd: TCP, then TLS, then HTTP. Null when it
 * finds nothing wrong, as when etcd has come back meanwhile. Throws an AccessError when the endpoint is no address.
 */
export async function diagnose(given: string, access: ClusterAccess): Promise<Explanation | null> {
  const endpoint = parseEndpoint(given, access);
  const probed: Probed = { endpoint, access, given, address: hostPort(endpoint) };
  const unreachable = await probeTcp(endpoint);
  if (unreachable) return { failedAt: "reach", ...explainUnreachable(probed, unreachable) };
  const distrust = endpoint.isTls ? await diagnoseTls(probed) : null;
  if (distrust) return { failedAt: "tls", ...distrust };
  return diagnoseHttp(probed);
}

function explainUnreachable({ endpoint, address, given }: Probed, { code, message }: ProbeFault): Explanation {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "EAI_NONAME":
      return {
        reason: `The host name ${endpoint.host} of ${given} cannot be resolved (${code}).`,
        remedy: "Correct the host name, or make it resolve on the machine that runs etcdscope.",
      };
    case "ECONNREFUSED":
      return {
        reason: `Connection refused by ${address}: nothing listens there.`,
        remedy: "Check that etcd is running and that host and port are those of its --listen-client-urls.",
      };
    case "TIMEOUT":
    case "ETIMEDOUT":
      return {
        reason: `No answer from ${address}: the connection timed out.`,
        remedy: "Check the address, and that no firewall or network policy drops the connection.",
      };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return {
        reason: `${address} cannot be reached: there is no route to it (${code}).`,
        remedy: "Check the address and the network between etcdscope and etcd.",
      };
    default:
      return {
        reason: `${address} cannot be reached: ${message}.`,
        remedy: "Check the endpoint's host and port.",
      };
  }
}

async function diagnoseTls(probed: Probed): Promise<Explanation | null> {
  const tls = await probeTls(probed.endpoint, probed.access);
  if (tls.fault === null) {
    return tls.distrust === null ? null : explainDistrust(probed, tls.distrust, tls.certificate);
  }
  if (isClientCertificateAlert(tls.fault)) return explainClientCertificate(probed, tls.fault);
  const plain = await probeHttp({ ...probed.endpoint, isTls: false }, probed.access, "/version");
  if (plain.fault === null) {
    return {
      reason: `${probed.given} asks for TLS, but ${probed.address} speaks plain HTTP.`,
      remedy: `Write the endpoint as http://${probed.address}, or give the port where etcd serves TLS.`,
    };
  }
  return {
    reason: `The TLS handshake with ${probed.address} failed (${tls.fault.code}).`,
    remedy: "Check that this port serves etcd's clients over TLS 1.2 or later.",
  };
}

function explainDistrust(probed: Probed, code: string, certificate: PeerCertificate): Explanation {
  const { address, access, endpoint } = probed;
  if (code === "CERT_HAS_EXPIRED") {
    const isOwn = Date.parse(certificate.valid_to) < Date.now();
    return {
      reason: isOwn
        ? `The certificate of ${address} expired on ${certificate.valid_to}.`
        : `A certificate that signed the one of ${address} has expired.`,
      remedy: "Renew etcd's server certificate, then restart the member.",
    };
  }
  if (code === "CERT_NOT_YET_VALID") {
    return {
      reason: `The certificate of ${address} is valid only from ${certificate.valid_from}.`,
      remedy: "Check the clocks of this machine and of etcd's.",
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      reason: `The certificate of ${address} is not for ${access.serverName ?? endpoint.host}, but for ${namesOf(certificate)}.`,
      remedy: "Use one of those names in the endpoint, or give it as the server name.",
    };
  }
  const issuer = String(certificate.issuer?.CN ?? "an unnamed issuer");
  const isSelfSigned = code === "DEPTH_ZERO_SELF_SIGNED_CERT";
  return {
    reason: isSelfSigned
      ? `The certificate of ${address} is self-signed and not the CA given (${code}).`
      : `The certificate of ${address} is signed by "${issuer}", which ${access.caPem === undefined ? "this machine does not know" : "is not the CA given"} (${code}).`,
    remedy: isSelfSigned
      ? "Give that certificate itself as the CA certificate, or have etcd use one that your CA has signed."
      : `Give the CA certificate that signed etcd's server certificate${access.caPem === undefined ? "" : " in place of the present one"}.`,
  };
}

function namesOf(certificate: PeerCertificate): string {
  const names = certificate.subjectaltname?.replace(/(DNS|IP Address):/g, "");
  return names ?? String(certificate.subject?.CN ?? "no name");
}

/** The server has broken off with one of TLS's complaints about certificates. */
function isClientCertificateAlert({ code, message }: ProbeFault): boolean {
  return /alert/i.test(`${code} ${message}`) && /certificate|unknown[ _]ca/i.test(`${code} ${message}`);
}

function explainClientCertificate({ address, access }: Probed, { code }: ProbeFault): Explanation {
  if (access.certPem === undefined) {
    return {
      reason: `${address} wants a client certificate, and none is given (${code}).`,
      remedy: "Give a client certificate and its key, signed by the CA of etcd's --trusted-ca-file.",
    };
  }
  const { validTo, issuer } = new X509Certificate(access.certPem);
  if (Date.parse(validTo) < Date.now()) {
    return {
      reason: `${address} rejects the client certificate, which expired on ${validTo}.`,
      remedy: "Renew the client certificate and give the new one.",
    };
  }
  return {
    reason: `${address} rejects the client certificate, signed by "${issuer.replaceAll("\n", ", ")}" (${code}).`,
    remedy: "Give a certificate for client authentication, signed by the CA of etcd's --trusted-ca-file.",
  };
}

async function diagnoseHttp(probed: Probed): Promise<Explanation | null> {
  const { endpoint, access } = probed;
  const answer = await probeHttp(endpoint, access, "/version");
  if (answer.fault !== null && endpoint.isTls && isClientCertificateAlert(answer.fault)) {
    return { failedAt: "tls", ...explainClientCertificate(probed, answer.fault) };
  }
  if (!endpoint.isTls && (answer.fault !== null || answer.statusCode === 400)) {
    const tls = await probeTls({ ...endpoint, isTls: true }, access);
    if (tls.fault === null || isClientCertificateAlert(tls.fault))
      return { failedAt: "tls", ...explainTlsPort(probed) };
  }
  const explanation = answer.fault === null ? explainHttp(probed, answer) : explainNoHttp(probed, answer.fault);
  return explanation && { failedAt: "etcd", ...explanation };
}

function explainTlsPort({ given, address }: Probed): Explanation {
  return {
    reason: `${given} asks for a plain connection, but ${address} serves TLS.`,
    remedy: `Write the endpoint as https://${address}, with the CA certificate that etcd's is signed by.`,
  };
}

/** Null for an etcd of version 3: what failed has passed. */
function explainHttp({ address }: Probed, { statusCode, body }: HttpProbe & { fault: null }): Explanation | null {
  const version = etcdVersionOf(body);
  if (version === null) {
    return {
      reason: `${address} is a web server (it answered HTTP ${statusCode}), but not etcd.`,
      remedy: "Give the host and port of etcd's client interface, usually port 2379.",
    };
  }
  if (!/^[012]\./.test(version)) return null;
  return {
    reason: `${address} runs etcd ${version}, which does not have the v3 API that etcdscope reads.`,
    remedy: "Upgrade that cluster to etcd 3.4 or later.",
  };
}

function explainNoHttp({ address }: Probed, { code, message }: ProbeFault): Explanation {
  return {
    reason: `Something listens at ${address}, but it does not answer as etcd does (${code === "TIMEOUT" ? message : code}).`,
    remedy: "Give the host and port of etcd's client interface, usually port 2379.",
  };
}

/** The version in the answer to /version: JSON since etcd 2.1, `etcd 2.0.13` before. */
function etcdVersionOf(body: string): string | null {
  return /"etcdserver"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? /^etcd (\d\S*)/.exec(body)?.[1] ?? null;
}
