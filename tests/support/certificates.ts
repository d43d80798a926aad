import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A certificate, its key, and the files that hold them. */
export interface TestCertificate {
  certFile: string;
  keyFile: string;
  certPem: string;
  keyPem: string;
}

export interface CertificateAuthority extends TestCertificate {
  /** Signs a certificate for a server (with `names`, such as `IP:127.0.0.1`) or a client (without). */
  sign(commonName: string, options?: { names?: string[]; isExpired?: boolean }): Promise<TestCertificate>;
}

/** A scratch directory of certificates, made with the openssl of the machine. */
export async function openCertificates(): Promise<{
  makeCa(commonName: string): Promise<CertificateAuthority>;
  remove(): Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), "etcdscope-test-certificates-"));
  let made = 0;
  const next = () => join(directory, String(++made));
  return {
    makeCa: (commonName) => makeCa(commonName, next),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

const KEY_FLAGS = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

async function makeCa(commonName: string, next: () => string): Promise<CertificateAuthority> {
  const file = next();
  const name = ["-subj", `/CN=${commonName}`];
  const output = ["-keyout", `${file}.key`, "-out", `${file}.crt`];
  await run("openssl", ["req", "-x509", ...KEY_FLAGS, ...name, ...output, "-days", "30"]);
  const ca = await readCertificate(file);
  return { ...ca, sign: (subject, options = {}) => sign(ca, subject, { ...options, file: next() }) };
}

async function sign(
  ca: TestCertificate,
  commonName: string,
  { file, names, isExpired }: { file: string; names?: string[]; isExpired?: boolean },
): Promise<TestCertificate> {
  const usage = names ? "serverAuth,clientAuth" : "clientAuth";
  const extensions = [`extendedKeyUsage=${usage}`, ...(names ? [`subjectAltName=${names.join(",")}`] : [])];
  await writeFile(`${file}.ext`, extensions.join("\n"));
  const request = ["-keyout", `${file}.key`, "-out", `${file}.csr`];
  await run("openssl", ["req", "-new", ...KEY_FLAGS, "-subj", `/CN=${commonName}`, ...request]);
  const signer = ["-CA", ca.certFile, "-CAkey", ca.keyFile, "-CAcreateserial"];
  const output = ["-in", `${file}.csr`, "-out", `${file}.crt`, "-extfile", `${file}.ext`];
  await run("openssl", ["x509", "-req", ...signer, ...output, "-days", isExpired ? "-1" : "30"]);
  return readCertificate(file);
}

async function readCertificate(file: string): Promise<TestCertificate> {
  const certFile = `${file}.crt`;
  const keyFile = `${file}.key`;
  return {
    certFile,
    keyFile,
    certPem: await readFile(certFile, "utf8"),
    keyPem: await readFile(keyFile, "utf8"),
  };
}
