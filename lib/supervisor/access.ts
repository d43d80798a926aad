import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AccessError, parseEndpoint } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";
import { StartError } from "@/lib/supervisor/start-error";

/** A cluster's access as someone wrote it down: files by their path. */
export interface WrittenAccess {
  endpoints: readonly string[];
  cacert?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  username?: string;
  password?: string;
  passwordFile?: string;
}

/**
 * Reads the files and checks what can be checked without a connection. `origin` begins each message ("--cert",
 * "etcdscope.yaml, cluster prod: cert"); paths are relative to `directory`. Throws a `StartError`.
 */
export function readAccess(
  written: WrittenAccess,
  directory: string,
  origin: (field: string) => string,
): ClusterAccess {
  if (written.password !== undefined && written.passwordFile !== undefined) {
    throw new StartError(`${origin("passwordFile")} and password are both given; give one of them.`);
  }
  const access: ClusterAccess = {
    endpoints: written.endpoints.map((text) => checkEndpoint(text, origin("endpoints"))),
  };
  if (access.endpoints.length === 0) throw new StartError(`${origin("endpoints")}: at least one endpoint is needed.`);
  Object.assign(access, readPemFiles(written, directory, origin));
  access.serverName = written.serverName;
  access.username = written.username;
  access.password =
    written.password ?? readTextFile(written.passwordFile, directory, origin("passwordFile"))?.replace(/\r?\n$/, "");
  if (access.password !== undefined && access.username === undefined) {
    throw new StartError(`${origin("password")} is given without a user name.`);
  }
  return access;
}

/** Reads and checks a CA, a client certificate and its key, as far as they are given. Throws a `StartError`. */
export function readPemFiles(
  written: { cacert?: string; cert?: string; key?: string },
  directory: string,
  origin: (field: string) => string,
): { caPem: string | undefined; certPem: string | undefined; keyPem: string | undefined } {
  if ((written.cert === undefined) !== (written.key === undefined)) {
    const [given, missing] = written.cert === undefined ? ["key", "cert"] : ["cert", "key"];
    throw new StartError(`${origin(given)} is given without ${missing}; a client certificate needs both.`);
  }
  const read = (field: "cacert" | "cert" | "key") => readTextFile(written[field], directory, origin(field));
  return {
    caPem: checkCertificate(read("cacert"), origin("cacert")),
    certPem: checkCertificate(read("cert"), origin("cert")),
    keyPem: checkKey(read("key"), origin("key")),
  };
}

/** The text of a file, relative to `directory`; undefined when none is given. Throws a `StartError`. */
export function readTextFile(path: string | undefined, directory: string, origin: string): string | undefined {
  return path === undefined ? undefined : readText(resolve(directory, path), origin);
}

/** Throws a `StartError` for what is no endpoint; drops a trailing slash. */
function checkEndpoint(endpoint: string, origin: string): string {
  try {
    parseEndpoint(endpoint, { endpoints: [endpoint] });
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    throw new StartError(`${origin}: ${error.reason} ${error.remedy}`);
  }
  return endpoint.trim().replace(/\/$/, "");
}

function readText(path: string, origin: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartError(`${origin}: ${path} cannot be read (${reasonOf(error)}).`);
  }
}

/** The words for a failed file operation. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Record<string, string> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EISDIR: "it is a directory",
    ENOTDIR: "part of the path is not a directory",
    ENOSPC: "no space left on the disk",
    EROFS: "the file system is read-only",
  };
  return (code && words[code]) || (error instanceof Error ? error.message : String(error));
}

function checkCertificate(pem: string | undefined, origin: string): string | undefined {
  if (pem === undefined) return undefined;
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw new StartError(
      `${origin}: the file holds no PEM certificate (it must begin with -----BEGIN CERTIFICATE-----).`,
    );
  }
}

function checkKey(pem: string | undefined, origin: string): string | undefined {
  if (pem === undefined) return undefined;
  try {
    createPrivateKey(pem);
    return pem;
  } catch (error) {
    const isEncrypted = pem.includes("ENCRYPTED") || String(error).includes("passphrase");
    throw new StartError(
      isEncrypted
        ? `${origin}: the private key is protected by a passphrase; give one without.`
        : `${origin}: the file holds no PEM private key.`,
    );
  }
}
