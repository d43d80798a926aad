import { expect, test } from "vitest";
import { findChangeFault, findHostFault } from "@/app/api/request-guard";

test.each([
  { host: "localhost:3000", passes: true },
  { host: "127.0.0.1:3000", passes: true },
  { host: "127.0.0.1", passes: true },
  { host: "[::1]:3000", passes: true },
  { host: "LOCALHOST:3000", passes: true },
  { host: "rebound.example.com:3000", passes: false },
  { host: "localhost.example.com", passes: false },
  { host: "127.0.0.1.example.com", passes: false },
  { host: "10.0.0.1:3000", passes: false },
  { host: "localhost:3000@evil", passes: false },
  { host: "", passes: false },
])("host $host passes: $passes", ({ host, passes }) => {
  const fault = findHostFault(new Headers({ host }));
  expect(fault === null).toBe(passes);
  if (fault) expect(fault).toMatchObject({ status: 403, remedy: expect.stringContaining("localhost") });
});

const JSON_TYPE = "application/json";
test.each([
  { method: "GET", headers: { origin: "http://evil.example" }, status: null },
  { method: "POST", headers: { "content-type": JSON_TYPE }, status: null },
  { method: "POST", headers: { "content-type": "Application/JSON; charset=utf-8" }, status: null },
  { method: "POST", headers: { "content-type": JSON_TYPE, origin: "http://localhost:3000" }, status: null },
  { method: "POST", headers: { "content-type": JSON_TYPE, origin: "http://localhost:3001" }, status: 403 },
  { method: "POST", headers: { "content-type": JSON_TYPE, origin: "http://evil.example" }, status: 403 },
  { method: "PATCH", headers: { "content-type": JSON_TYPE, origin: "null" }, status: 403 },
  { method: "POST", headers: { "content-type": "text/plain" }, status: 415 },
  { method: "DELETE", headers: {}, status: 415 },
])("$method with $headers: $status", ({ method, headers, status }) => {
  const all = new Headers({ host: "localhost:3000", ...headers } as Record<string, string>);
  expect(findChangeFault(method, all)?.status ?? null).toBe(status);
});
