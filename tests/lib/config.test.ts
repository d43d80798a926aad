import { expect, test } from "vitest";
import { ConfigError, readLogLevel, readMetricsConfig, readWebConfig, readWorkerConfig } from "@/lib/config";

const good = { DATABASE_URL: "postgres://user:word@127.0.0.1:5432/etcdscope", ETCDSCOPE_SECRET_KEY: "ab".repeat(32) };

test("worker and web read the same three settings, the worker its data directory and the public address besides", () => {
  const { dataDir, publicUrl, ...config } = readWorkerConfig({
    ...good,
    LOG_LEVEL: "debug",
    ETCDSCOPE_DATA_DIR: "/var/lib/etcdscope",
    ETCDSCOPE_PUBLIC_URL: "https://etcdscope.example.com",
  });
  expect(dataDir).toBe("/var/lib/etcdscope");
  expect(publicUrl).toBe("https://etcdscope.example.com");
  expect(config.databaseUrl).toBe(good.DATABASE_URL);
  expect(config.secretKey).toHaveLength(32);
  expect(config.logLevel).toBe("debug");
  expect(readWebConfig(good)).toEqual({ ...config, logLevel: "info" });
});

test("every fault is listed at once", () => {
  expect(faultsOf({ LOG_LEVEL: "loud" })).toEqual([
    expect.stringContaining("DATABASE_URL is not set"),
    expect.stringContaining("ETCDSCOPE_SECRET_KEY is not set"),
    expect.stringContaining('LOG_LEVEL is "loud"'),
  ]);
});

test.each([
  { change: { DATABASE_URL: "mysql://host/db" }, fault: "DATABASE_URL is no Postgres URL" },
  { change: { DATABASE_URL: "not a url" }, fault: "DATABASE_URL is no Postgres URL" },
  { change: { ETCDSCOPE_SECRET_KEY: "abc" }, fault: "exactly 64 hexadecimal digits" },
  { change: { ETCDSCOPE_SECRET_KEY: "zz".repeat(32) }, fault: "exactly 64 hexadecimal digits" },
])("$fault", ({ change, fault }) => {
  expect(faultsOf({ ...good, ...change })).toEqual([expect.stringContaining(fault)]);
});

test("a fault does not repeat the password of a wrong URL", () => {
  expect(faultsOf({ ...good, DATABASE_URL: "mysql://root:hunter2@host/db" }).join()).not.toContain("hunter2");
});

test("the log level works before the configuration does", () => {
  expect(readLogLevel({})).toBe("info");
  expect(readLogLevel({ LOG_LEVEL: "loud" })).toBe("info");
  expect(readLogLevel({ LOG_LEVEL: "warn" })).toBe("warn");
});

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readWorkerConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("how many prefixes metrics tell is a whole number within bounds, 50 unless set", () => {
  expect(readMetricsConfig({})).toEqual({ prefixes: 50 });
  expect(readMetricsConfig({ ETCDSCOPE_METRICS_PREFIXES: "0" })).toEqual({ prefixes: 0 });
  for (const text of ["-1", "1.5", "1001", "many"]) {
    expect(() => readMetricsConfig({ ETCDSCOPE_METRICS_PREFIXES: text }), text).toThrow(ConfigError);
  }
});

test("a public address that is no URL is refused", () => {
  expect(() => readWorkerConfig({ ...good, ETCDSCOPE_PUBLIC_URL: "javascript:alert(1)" })).toThrow(/PUBLIC_URL/);
});
