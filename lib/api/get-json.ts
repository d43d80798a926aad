import { Problem } from "@/lib/api/common";

/** A request that was refused or failed, with the server's own words about it. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
  }
}

type QueryValue = string | number | boolean | null | undefined;

/**
 * GETs `path` with `params` as its query string; what is null, undefined or "" is left out. Throws an `ApiError`, also
 * when nothing answers.
 */
export async function getJson<Answer>(path: string, params: object = {}, signal?: AbortSignal): Promise<Answer> {
  return sendJson<Answer>("GET", path + toSearch(params), undefined, signal);
}

/** Sends `body` as JSON by POST, PATCH or DELETE. Throws an `ApiError`. An answer without content is undefined. */
export async function sendJson<Answer>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method !== "GET") headers["content-type"] = "application/json";
  const sent = body === undefined ? null : JSON.stringify(body);
  const response = await send(path, { method, headers, body: sent, signal: signal ?? null });
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** GETs `path` where the answer is not JSON. Throws an `ApiError`. */
export async function getBytes(path: string, params: object = {}, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await send(path + toSearch(params), { signal: signal ?? null });
  return response.arrayBuffer();
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ApiError(noAnswer(path));
  });
  if (!response.ok) throw new ApiError(await readProblem(response, path));
  return response;
}

/** Where an endpoint of one cluster lies; `cluster` is its name or id. */
export function clusterPath(cluster: string, rest = ""): string {
  return `/api/v1/clusters/${encodeURIComponent(cluster)}${rest}`;
}

/** `?a=1&b=2`, or nothing. */
export function toSearch(params: object): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params) as [string, QueryValue][]) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function readProblem(response: Response, path: string): Promise<Problem> {
  const parsed = Problem.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  const detail = `The server answered ${response.status} to ${path.split("?")[0]} without saying why.`;
  return { type: "about:blank", title: "Unexpected answer", status: response.status, detail };
}

function noAnswer(path: string): Problem {
  return {
    type: "about:blank",
    title: "No answer",
    status: 0,
    detail: `The etcdscope server did not answer ${path.split("?")[0]}.`,
    remedy: "Check that etcdscope is still running; the page tries again by itself.",
  };
}
