import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A stretch of network between two members: everything on it arrives `delayMs` later. Set at any time. */
export class DelayProxy {
  delayMs = 0;
  readonly port: number;
  #close: () => void;

  private constructor(port: number, close: () => void) {
    this.port = port;
    this.#close = close;
  }

  /** Listens on loopback and passes on to `targetPort`. */
  static async open(targetPort: number): Promise<DelayProxy> {
    const sockets = new Set<Socket>();
    let proxy: DelayProxy | null = null;
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        const later = openLane(() => proxy?.delayMs ?? 0);
        from.on("data", (chunk: Buffer) => later(() => to.write(chunk)));
        from.on("end", () => later(() => to.end()));
        from.on("error", () => to.destroy());
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = new DelayProxy((server.address() as AddressInfo).port, () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    return proxy;
  }

  close(): void {
    this.#close();
  }
}

/** Acts so much later, and in order, also when the delay has become shorter meanwhile. */
function openLane(delayMs: () => number): (act: () => void) => void {
  let last = Promise.resolve();
  return (act) => {
    const dueMs = performance.now() + delayMs();
    last = last.then(async () => {
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) await sleep(leftMs);
      act();
    });
  };
}
