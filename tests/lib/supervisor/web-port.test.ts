import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { chooseWebPort } from "@/lib/supervisor/web-port";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test("a taken port is refused when it was asked for, and passed over when not", async () => {
  const port = await listen();
  const wanted = { host: "127.0.0.1", port, patienceMs: 0 };
  await expect(chooseWebPort({ ...wanted, isPortGiven: true })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
  expect(await chooseWebPort({ ...wanted, isPortGiven: false })).toBeGreaterThan(port);
});

test("a program that listens on every address takes the port, too", async () => {
  const port = await listen("0.0.0.0");
  await expect(chooseWebPort({ host: "127.0.0.1", port, isPortGiven: true, patienceMs: 0 })).rejects.toThrow(
    /is taken/,
  );
});

test("with patience, a port that becomes free is taken", async () => {
  const port = await listen();
  setTimeout(() => servers[0]?.close(), 150);
  expect(await chooseWebPort({ host: "127.0.0.1", port, isPortGiven: true, patienceMs: 5_000 })).toBe(port);
});

function listen(host = "127.0.0.1"): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.listen(0, host, () => {
      const address = server.address();
      if (address && typeof address === "object") resolve(address.port);
      else reject(new Error("no address"));
    });
  });
}
