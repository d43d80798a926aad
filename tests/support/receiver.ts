import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a receiver got it. */
export interface ReceivedPost {
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** Somebody who is told things, on loopback. */
export interface Receiver {
  url: string;
  posts: ReceivedPost[];
  /** Answers what comes from now on; 200 unless set. */
  answer(how: (response: ServerResponse) => void): void;
  stop(): Promise<void>;
}

/** Starts a receiver that keeps all it is sent. */
export async function startReceiver(): Promise<Receiver> {
  const posts: ReceivedPost[] = [];
  let how = (response: ServerResponse) => {
    response.end("ok");
  };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    posts.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
    how(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    answer: (wanted) => {
      how = wanted;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
