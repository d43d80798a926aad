import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { readOptions, tell } from "@/tests/bench/children/talk";

/** The handlers of the API over plain HTTP, for where there is no production build: their GET, found by path. */

type Handler = (request: Request, route: { params: Promise<{ cluster: string }> }) => Promise<Response>;

const API = join(import.meta.dirname, "../../../app/api/v1");
const { port } = readOptions<{ port: number }>();
const found = new Map<string, Promise<{ GET: Handler }>>();

createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
}).listen(port, "127.0.0.1", () => tell("ready"));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", `http://127.0.0.1:${port}`);
  const [, , , resource = "", cluster = "", ...rest] = url.pathname.split("/"); // /api/v1/clusters/{cluster}/…
  const file = join(API, resource, cluster === "" ? "" : "[cluster]", ...rest, "route.ts");
  if (!existsSync(file)) return void response.writeHead(404).end(`no such path: ${url.pathname}`);
  if (!found.has(file)) found.set(file, import(file) as Promise<{ GET: Handler }>);
  const { GET } = await (found.get(file) as Promise<{ GET: Handler }>);
  const answered = await GET(new Request(url, { headers: request.headers as Record<string, string> }), {
    params: Promise.resolve({ cluster: decodeURIComponent(cluster) }),
  });
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}
