import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readStartConfig } from "@/lib/config";
import { HelpShown, parseStartOptions } from "@/lib/supervisor/options";
import { StartError } from "@/lib/supervisor/start-error";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "etcdscope-options-"));
  const subject = ["-subj", "/CN=test", "-nodes", "-days", "1"];
  const files = ["-keyout", join(directory, "key.pem"), "-out", join(directory, "cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject, ...files], { stdio: "ignore" });
  writeFileSync(join(directory, "word.txt"), "hunter2\n");
  writeFileSync(join(directory, "junk.pem"), "junk");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("without flags: loopback, the default port, the project's own data directory, no cluster", () => {
  expect(parse([])).toEqual({
    host: "127.0.0.1",
    port: 3000,
    isPortGiven: false,
    dataDir: "/project/.etcdscope",
    cluster: null,
    fileClusters: null,
  });
});

test("a cluster is given by its endpoints and files, relative to where the user is", () => {
  const options = parse([
    ...["--endpoints", "https://a:2379, https://b:2379/", "--name", "prod", "--user", "root:a:b"],
    ...[
      "--cacert",
      "cert.pem",
      "--cert",
      "cert.pem",
      "--key",
      "key.pem",
      "--server-name",
      "etcd",
      "--data-dir",
      "data",
    ],
  ]);
  expect(options.dataDir).toBe(join(directory, "data"));
  expect(options.cluster).toMatchObject({
    name: "prod",
    access: {
      endpoints: ["https://a:2379", "https://b:2379"],
      caPem: expect.stringContaining("BEGIN CERTIFICATE"),
      keyPem: expect.stringContaining("PRIVATE KEY"),
      serverName: "etcd",
      username: "root",
      password: "a:b",
    },
  });
});

test("etcdctl's own variables are understood, and flags go before them", () => {
  const env = {
    ETCDCTL_ENDPOINTS: "a:2379",
    ETCDCTL_USER: "root",
    ETCDCTL_PASSWORD: "word",
    ETCDCTL_CACERT: "cert.pem",
  };
  expect(parse([], env).cluster?.access).toMatchObject({ endpoints: ["a:2379"], username: "root", password: "word" });
  expect(parse(["--endpoints", "http://b:2379"], env).cluster?.access.endpoints).toEqual(["http://b:2379"]);
});

test("the configuration file's clusters are read with their files", () => {
  writeFileSync(
    join(directory, "etcdscope.yaml"),
    "clusters:\n  - name: prod\n    endpoints: [https://a:2379]\n    cacert: cert.pem\n    username: root\n    passwordFile: word.txt\n",
  );
  expect(parse(["--config", "etcdscope.yaml"]).fileClusters).toMatchObject([
    { name: "prod", access: { endpoints: ["https://a:2379"], username: "root", password: "hunter2" } },
  ]);
});

test.each([
  { args: ["--prot", "1"], fault: /^Unknown option '--prot'.*--help/ },
  { args: ["stray"], fault: /^Too many arguments/ },
  { args: ["--port"], fault: /^Option '--port <number>' argument missing/ },
  { args: ["--port", "0"], fault: /--port 0: a port is a number from 1 to 65535/ },
  { args: ["--port", "web"], fault: /--port web/ },
  { args: ["--host", "0.0.0.0"], fault: /--host 0\.0\.0\.0 is refused: there is no access control yet/ },
  { args: ["--host", "127.0.0.1.example.com"], fault: /is refused/ },
  { args: ["--name", "prod"], fault: /--name is given without --endpoints/ },
  { args: ["--server-name", "x"], fault: /--server-name is given without --endpoints/ },
  { args: ["--endpoints", ""], fault: /--endpoints: at least one endpoint/ },
  { args: ["--endpoints", "ftp://a:21"], fault: /--endpoints: "ftp:\/\/a:21" is not an etcd endpoint/ },
  { args: ["--endpoints", "http://a:2379/v3"], fault: /is not an etcd endpoint/ },
  { args: ["--endpoints", "http://a:99999"], fault: /is not an etcd endpoint/ },
  { args: ["--endpoints", "a", "--name", "my prod"], fault: /--name "my prod": a name has/ },
  { args: ["--endpoints", "a", "--cert", "cert.pem"], fault: /--cert is given without key/ },
  {
    args: ["--endpoints", "a", "--cacert", "none.pem"],
    fault: /--cacert: .*none\.pem cannot be read \(no such file\)/,
  },
  { args: ["--endpoints", "a", "--cacert", "."], fault: /cannot be read \(it is a directory\)/ },
  { args: ["--endpoints", "a", "--cacert", "junk.pem"], fault: /--cacert: the file holds no PEM certificate/ },
  {
    args: ["--endpoints", "a", "--cert", "cert.pem", "--key", "junk.pem"],
    fault: /--key: the file holds no PEM private key/,
  },
  { args: ["--endpoints", "a", "--user", "root"], fault: /--user: the password of "root" is missing/ },
  { args: ["--endpoints", "a", "--user", ":word"], fault: /--user: the user name is missing/ },
  { args: ["--config", "none.yaml"], fault: /--config: .*none\.yaml cannot be read \(no such file\)/ },
])("$args is refused with a sentence", ({ args, fault }) => {
  expect(() => parse(args)).toThrow(StartError);
  expect(() => parse(args)).toThrow(fault);
});

test("a fault of an etcdctl variable names the variable", () => {
  expect(() => parse([], { ETCDCTL_ENDPOINTS: "a", ETCDCTL_CACERT: "none.pem" })).toThrow(/^ETCDCTL_CACERT: /);
});

test.each(["localhost", "127.0.0.1", "127.8.8.8", "::1"])("%s is loopback", (host) => {
  expect(parse(["--host", host]).host).toBe(host);
});

test("help is no error", () => {
  expect(() => parse(["--help"])).toThrow(HelpShown);
});

function parse(args: string[], env: Record<string, string> = {}) {
  return parseStartOptions(args, "/project", { ...readStartConfig(env), directory });
}
