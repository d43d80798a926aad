import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { explainFailure } from "@/collectors/etcd/explain";
import { openAny } from "@/collectors/etcd/failover";
import { testConnection } from "@/collectors/etcd/test-connection";
import type { ClusterAccess } from "@/lib/model/questions";
import { type CertificateAuthority, openCertificates } from "@/tests/support/certificates";
import { freePorts, startEtcd, type TestEtcd } from "@/tests/support/etcd";

const ALL_KEYS = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
const cleanUps: (() => Promise<unknown>)[] = [];

/** Fails to read the keyspace by the first endpoint and explains why. */
async function explain(access: ClusterAccess, deadlineMs = 30_000) {
  const [endpoint = ""] = access.endpoints;
  try {
    const connection = EtcdConnection.open(endpoint, access);
    try {
      await connection.status({ deadlineMs });
      await connection.range(ALL_KEYS, () => undefined, { deadlineMs });
    } finally {
      connection.close();
    }
  } catch (error) {
    return explainFailure(error, { endpoint, access });
  }
  throw new Error("the keyspace could be read");
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe("a wrong endpoint", () => {
  let etcd: TestEtcd;
  beforeAll(async () => {
    etcd = await startEtcd();
    cleanUps.push(() => etcd.stop());
  });

  test("host that does not resolve", async () => {
    const { reason, remedy } = await explain({ endpoints: ["http://no-such-host.invalid:2379"] });
    expect(reason).toContain("The host name no-such-host.invalid of http://no-such-host.invalid:2379");
    expect(remedy).toContain("Correct the host name");
  });

  test("port nobody listens on", async () => {
    const [port] = await freePorts(1);
    const { reason } = await explain({ endpoints: [`http://127.0.0.1:${port}`] });
    expect(reason).toBe(`Connection refused by 127.0.0.1:${port}: nothing listens there.`);
  });

  test("server that accepts and says nothing", async () => {
    const address = await listen(createTcpServer((socket) => cleanUps.push(async () => socket.destroy())));
    const { reason } = await explain({ endpoints: [`http://${address}`] }, 500);
    expect(reason).toBe(`Something listens at ${address}, but it does not answer as etcd does (no answer within 3 s).`);
  });

  test("web server that is no etcd", async () => {
    const server = createHttpServer((_, answer) => answer.writeHead(404).end("<html>nothing here</html>"));
    const address = await listen(server);
    const { reason, remedy } = await explain({ endpoints: [`http://${address}`] });
    expect(reason).toBe(`${address} is a web server (it answered HTTP 404), but not etcd.`);
    expect(remedy).toContain("usually port 2379");
  });

  test("etcd 2", async () => {
    const server = createHttpServer((_, answer) => answer.end('{"etcdserver":"2.3.8","etcdcluster":"2.3.0"}'));
    const address = await listen(server);
    const { reason, remedy } = await explain({ endpoints: [`http://${address}`] });
    expect(reason).toBe(`${address} runs etcd 2.3.8, which does not have the v3 API that etcdscope reads.`);
    expect(remedy).toBe("Upgrade that cluster to etcd 3.4 or later.");
  });

  test("TLS to a plain port", async () => {
    const address = `127.0.0.1:${etcd.clientPort}`;
    const { reason, remedy } = await explain({ endpoints: [`https://${address}`] });
    expect(reason).toBe(`https://${address} asks for TLS, but ${address} speaks plain HTTP.`);
    expect(remedy).toContain(`http://${address}`);
  });

  test.each(["", "ftp://a:2379", "http://", "http://a:2379/v3"])("%j is no endpoint", async (endpoint) => {
    const { reason, remedy } = await explain({ endpoints: [endpoint] });
    expect(reason).toContain(`"${endpoint}" is not an etcd endpoint`);
    expect(remedy).toContain("https://host:2379");
  });

  test("an endpoint with a password in it is refused without repeating the password", async () => {
    const { reason, remedy } = await explain({ endpoints: ["https://root:hush@etcd.example:2379"] });
    expect(reason).toBe("The endpoint of etcd.example:2379 holds a user name or a password.");
    expect(remedy).toContain("in their own fields");
  });

  test("endpoints of two clusters", async () => {
    const other = await startEtcd();
    cleanUps.push(() => other.stop());
    const access = { endpoints: [etcd.endpoint, other.endpoint] };
    const error = await openAny(access).catch((fault: unknown) => fault);
    const { reason, remedy } = await explainFailure(error, { endpoint: "", access });
    expect(reason).toMatch(/^The endpoints belong to 2 different etcd clusters: http.*\(cluster [0-9a-f]{16}\); http/);
    expect(remedy).toContain("Register each cluster on its own");
    const tested = await testConnection(access);
    expect(tested).toMatchObject({ ok: false, reason: expect.stringContaining("2 different etcd clusters") });
    expect(tested.steps.at(-1)).toMatchObject({ name: "One cluster", ok: false });
  });

  test("none of several endpoints: each with its own reason", async () => {
    const [port] = await freePorts(1);
    const access = { endpoints: [`http://127.0.0.1:${port}`, etcd.endpoint.replace("http", "https")] };
    const error = await openAny(access).catch((fault: unknown) => fault);
    const { reason, remedy } = await explainFailure(error, { endpoint: "", access });
    expect(reason).toContain("None of the 2 endpoints can be read.");
    expect(reason).toContain(`Connection refused by 127.0.0.1:${port}`);
    expect(reason).toContain("speaks plain HTTP");
    expect(remedy).toContain("Check that etcd is running");
  });

  test("testing a good endpoint and a dead one passes and shows both", async () => {
    const [port] = await freePorts(1);
    const tested = await testConnection({ endpoints: [etcd.endpoint, `http://127.0.0.1:${port}`] });
    expect(tested).toMatchObject({ ok: true, reason: null, members: 1, version: expect.stringMatching(/^3\./) });
    expect(tested.steps.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      "Reach true",
      "Status true",
      "Read permission true",
      "Reach false",
    ]);
  });
});

describe("TLS", () => {
  let ca: CertificateAuthority;
  let otherCa: CertificateAuthority;
  let etcd: TestEtcd;
  beforeAll(async () => {
    const certificates = await openCertificates();
    cleanUps.push(() => certificates.remove());
    ca = await certificates.makeCa("Right CA");
    otherCa = await certificates.makeCa("Other CA");
    const server = await ca.sign("etcd", { names: ["DNS:etcd.example", "IP:127.0.0.1"] });
    etcd = await startEtcd({ tls: { ...server, caFile: ca.certFile } });
    cleanUps.push(() => etcd.stop());
  });

  test("the right CA reads", async () => {
    const tested = await testConnection({ endpoints: [etcd.endpoint], caPem: ca.certPem });
    expect(tested).toMatchObject({ ok: true, reason: null });
    expect(tested.steps[1]).toMatchObject({ name: "TLS", ok: true });
  });

  test("a server name in place of the address reads", async () => {
    const endpoint = etcd.endpoint.replace("127.0.0.1", "localhost");
    const access = { endpoints: [endpoint], caPem: ca.certPem, serverName: "etcd.example" };
    expect(await testConnection(access)).toMatchObject({ ok: true });
    // Without a scheme, TLS is taken for granted because a CA is given.
    expect(await testConnection({ ...access, endpoints: [endpoint.replace("https://", "")] })).toMatchObject({
      ok: true,
    });
  });

  test("no CA, or another", async () => {
    const none = await explain({ endpoints: [etcd.endpoint] });
    expect(none.reason).toContain('is signed by "Right CA", which this machine does not know');
    const { reason, remedy } = await explain({ endpoints: [etcd.endpoint], caPem: otherCa.certPem });
    expect(reason).toContain('is signed by "Right CA", which is not the CA given');
    expect(remedy).toContain("Give the CA certificate that signed etcd's server certificate");
  });

  test("a name the certificate does not have", async () => {
    const { reason } = await explain({ endpoints: [etcd.endpoint], caPem: ca.certPem, serverName: "other.example" });
    expect(reason).toContain("is not for other.example, but for etcd.example, 127.0.0.1");
  });

  test("plain to a TLS port", async () => {
    const { reason, remedy } = await explain({ endpoints: [etcd.endpoint.replace("https", "http")] });
    expect(reason).toContain("asks for a plain connection, but 127.0.0.1:");
    expect(remedy).toContain("https://127.0.0.1:");
  });

  test("a certificate that has expired", async () => {
    const expired = await ca.sign("etcd", { names: ["IP:127.0.0.1"], isExpired: true });
    const server = createTlsServer({ cert: expired.certPem, key: expired.keyPem, ALPNProtocols: ["h2"] });
    const address = await listen(server);
    const { reason, remedy } = await explain({ endpoints: [`https://${address}`], caPem: ca.certPem });
    expect(reason).toMatch(/^The certificate of 127\.0\.0\.1:\d+ expired on /);
    expect(remedy).toContain("Renew");
  });

  test("a self-signed certificate", async () => {
    const address = await listen(
      createTlsServer({ cert: otherCa.certPem, key: otherCa.keyPem, ALPNProtocols: ["h2"] }),
    );
    const { reason } = await explain({ endpoints: [`https://${address}`], caPem: ca.certPem });
    expect(reason).toContain("is self-signed and not the CA given");
  });

  test.each([
    { what: "a CA that is no PEM", access: { caPem: "nonsense" } },
    { what: "a certificate without its key", access: { certPem: "-----BEGIN CERTIFICATE-----" } },
  ])("$what", async ({ access }) => {
    const { reason } = await explain({ endpoints: [etcd.endpoint], ...access });
    expect(reason).toMatch(/cannot be used|needs its private key/);
    const tested = await testConnection({ endpoints: [etcd.endpoint], ...access });
    expect(tested.steps).toEqual([{ name: "Endpoint", ok: false, text: reason }]);
  });

  describe("with client certificates", () => {
    let strict: TestEtcd;
    beforeAll(async () => {
      const server = await ca.sign("etcd", { names: ["IP:127.0.0.1"] });
      const client = await ca.sign("operator");
      strict = await startEtcd({
        tls: {
          ...server,
          caFile: ca.certFile,
          clientCertAuth: true,
          clientCertFile: client.certFile,
          clientKeyFile: client.keyFile,
        },
      });
      cleanUps.push(() => strict.stop());
    });

    test("the right one reads", async () => {
      const { certPem, keyPem } = await ca.sign("reader");
      const tested = await testConnection({ endpoints: [strict.endpoint], caPem: ca.certPem, certPem, keyPem });
      expect(tested).toMatchObject({ ok: true });
    });

    test("none", async () => {
      const access = { endpoints: [strict.endpoint], caPem: ca.certPem };
      expect((await explain(access)).reason).toContain("wants a client certificate, and none is given");
      const tested = await testConnection(access);
      expect(tested.steps.map(({ name, ok }) => `${name} ${ok}`)).toEqual(["Reach true", "TLS false"]);
    });

    test("one of another CA", async () => {
      const { certPem, keyPem } = await otherCa.sign("reader");
      const { reason } = await explain({ endpoints: [strict.endpoint], caPem: ca.certPem, certPem, keyPem });
      expect(reason).toContain('rejects the client certificate, signed by "CN=Other CA"');
    });

    test("one that has expired", async () => {
      const { certPem, keyPem } = await ca.sign("reader", { isExpired: true });
      const { reason } = await explain({ endpoints: [strict.endpoint], caPem: ca.certPem, certPem, keyPem });
      expect(reason).toContain("rejects the client certificate, which expired on");
    });
  });
});

describe("authentication", () => {
  let etcd: TestEtcd;
  beforeAll(async () => {
    etcd = await startEtcd({ auth: { rootPassword: "root-secret" } });
    cleanUps.push(() => etcd.stop());
    await etcd.etcdctl("user", "add", "reader:right");
    await etcd.etcdctl("role", "add", "reader");
    await etcd.etcdctl("role", "grant-permission", "reader", "--prefix=true", "read", "");
    await etcd.etcdctl("user", "grant-role", "reader", "reader");
    await etcd.etcdctl("user", "add", "partial:right");
    await etcd.etcdctl("role", "add", "partial");
    await etcd.etcdctl("role", "grant-permission", "partial", "--prefix=true", "read", "/some/");
    await etcd.etcdctl("user", "grant-role", "partial", "partial");
    await etcd.etcdctl("put", "/some/key", "value");
  });
  const as = (username: string, password: string) => ({ endpoints: [etcd.endpoint], username, password });

  test("a role that may only read everything is enough", async () => {
    const tested = await testConnection(as("reader", "right"));
    expect(tested).toMatchObject({ ok: true, members: 1 });
    expect(tested.steps.map(({ name }) => name)).toEqual(["Reach", "Log in", "Status", "Read permission"]);
  });

  test("no user", async () => {
    const { reason, remedy } = await explain({ endpoints: [etcd.endpoint] });
    expect(reason).toBe(`${etcd.endpoint} has authentication enabled, and no user is given.`);
    expect(remedy).toContain("name and password of an etcd user");
    expect(await testConnection({ endpoints: [etcd.endpoint] })).toMatchObject({ ok: false, reason });
  });

  test("wrong password, unknown user", async () => {
    const wrong = "the name or the password is wrong";
    expect((await explain(as("reader", "wrong"))).reason).toContain(`refuses user "reader": ${wrong}`);
    expect((await explain(as("nobody", "wrong"))).reason).toContain(`refuses user "nobody": ${wrong}`);
    const tested = await testConnection(as("reader", "wrong"));
    expect(tested.steps.at(-1)).toMatchObject({ name: "Log in", ok: false });
  });

  test("a role that may read only a part", async () => {
    const access = as("partial", "right");
    const { reason, remedy } = await explain(access);
    expect(reason).toBe(`User "partial" may not read the whole keyspace of ${etcd.endpoint} (permission denied).`);
    expect(remedy).toContain('etcdctl role grant-permission etcdscope --prefix=true read ""');
    const tested = await testConnection(access);
    expect(tested.reason).toBe(reason);
    expect(tested.steps.at(-1)).toEqual({ name: "Read permission", ok: false, text: reason });
  });

  test("the password is in no message", async () => {
    const access = as("reader", "very-secret-word");
    expect(JSON.stringify(await explain(access))).not.toContain("very-secret-word");
    expect(JSON.stringify(await testConnection(access))).not.toContain("very-secret-word");
  });
});
