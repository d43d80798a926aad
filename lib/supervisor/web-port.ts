import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "@/lib/supervisor/start-error";

const MOST_TRIES = 100;

/**
 * The port for the web interface: the wanted one, or the next free one unless it was asked for by name. For
 * `patienceMs` a taken port may still become free.
 */
export async function chooseWebPort(options: {
  host: string;
  port: number;
  isPortGiven: boolean;
  patienceMs: number;
}): Promise<number> {
  const { host, port, isPortGiven } = options;
  for (const endMs = Date.now() + options.patienceMs; Date.now() < endMs && !(await isFree(host, port)); )
    await sleep(50);
  if (isPortGiven) {
    if (await isFree(host, port)) return port;
    throw new StartError(
      `Port ${port} on ${host} is taken by another program; choose another with --port, or leave --port out.`,
    );
  }
  for (let candidate = port; candidate < port + MOST_TRIES; candidate++) {
    if (await isFree(host, candidate)) return candidate;
  }
  throw new StartError(`No port from ${port} to ${port + MOST_TRIES - 1} is free on ${host}; choose one with --port.`);
}

/** Tried on the address itself and on every address: a program that listens on all of them would get our visitors. */
async function isFree(host: string, port: number): Promise<boolean> {
  return (await canListen(host, port)) && (await canListen(undefined, port));
}

function canListen(host: string | undefined, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "EADDRINUSE" && error.code !== "EACCES"),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
