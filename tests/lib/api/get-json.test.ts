import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type ApiError, clusterPath, getJson, sendJson, toSearch } from "@/lib/api/get-json";

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("carries parameters as a query string, without those that are not given", async () => {
  expect(toSearch({ a: "x y&z", b: 1, c: undefined, d: null, e: "", f: false })).toBe("?a=x+y%26z&b=1&f=false");
  expect(toSearch({})).toBe("");
  expect(clusterPath("a b/c", "/members")).toBe("/api/v1/clusters/a%20b%2Fc/members");
  const url = await serve((request, response) => response.end(JSON.stringify({ url: request.url })));
  expect(await getJson(`${url}/x`, { prefix: "/registry/\0" })).toEqual({ url: "/x?prefix=%2Fregistry%2F%00" });
});

test("a problem document becomes an ApiError with it", async () => {
  const problem = { type: "about:blank", title: "No", status: 404, detail: "Not here.", remedy: "Look there." };
  const url = await serve((_, response) => response.writeHead(404).end(JSON.stringify(problem)));
  await expect(getJson(url)).rejects.toMatchObject({ name: "ApiError", message: "Not here.", problem });
});

test.each(["<html>", ""])("an answer without one (%j) still says what happened", async (body) => {
  const url = await serve((_, response) => response.writeHead(502).end(body));
  const error = await getJson(`${url}/x?q=1`).catch((caught: ApiError) => caught);
  expect(error).toMatchObject({ problem: { status: 502, detail: expect.stringContaining("answered 502") } });
});

test("no answer at all is a problem too, with status 0", async () => {
  const url = await serve(() => undefined);
  server?.close();
  await expect(getJson(url)).rejects.toMatchObject({ problem: { status: 0, remedy: expect.any(String) } });
});

test("an aborted request stays an abort", async () => {
  const url = await serve(() => undefined);
  const aborted = AbortSignal.timeout(20);
  await expect(getJson(url, {}, aborted)).rejects.toMatchObject({ name: "TimeoutError" });
});

test("a change is sent as JSON, and an empty answer is undefined", async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push(request.method, request.headers["content-type"]);
    response.writeHead(204).end();
  });
  expect(await sendJson("DELETE", url)).toBeUndefined();
  expect(seen).toEqual(["DELETE", "application/json"]);
});
