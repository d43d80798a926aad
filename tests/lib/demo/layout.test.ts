import { expect, test } from "vitest";
import { KeyPool, namespaceOf, resourceOf } from "@/lib/demo/key-pool";
import { LARGE_CONFIG_MAP, LARGE_VALUE_BYTES, listSeedKeys, valueBytesOf } from "@/lib/demo/layout";
import { Random } from "@/lib/demo/random";
import { makeValue } from "@/lib/demo/values";
import { listActivities } from "@/lib/demo/workload";

const keys = listSeedKeys();

test("the first keyspace is the same each time, about 20,000 keys and 70 MB before events, no key twice", () => {
  expect(listSeedKeys()).toEqual(keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(18_000);
  expect(keys.length).toBeLessThan(24_000);
  const bytes = keys.reduce((sum, key) => sum + valueBytesOf(key), 0);
  expect(bytes).toBeGreaterThan(50e6);
  expect(bytes).toBeLessThan(90e6);
});

test("one value has 900 KiB, and none comes near etcd's limit", () => {
  const random = new Random(1);
  expect(makeValue(LARGE_CONFIG_MAP, random).length).toBeGreaterThan(LARGE_VALUE_BYTES * 0.96);
  expect(Math.max(...keys.map(valueBytesOf))).toBe(LARGE_VALUE_BYTES);
});

test("built-in resources have protobuf values, custom ones JSON", () => {
  const random = new Random(1);
  expect(makeValue("/registry/pods/a/b", random).subarray(0, 4).toString()).toBe("k8s\0");
  expect(makeValue("/registry/argoproj.io/applications/a/b", random).subarray(0, 1).toString()).toBe("{");
});

test("the quiet cluster writes about 150 times a second", () => {
  const activities = listActivities({ pool: new KeyPool(keys), writer: {} as never, random: new Random(1) });
  const perSecond = activities.reduce((sum, activity) => sum + activity.perSecond, 0);
  expect(perSecond).toBeGreaterThan(130);
  expect(perSecond).toBeLessThan(170);
});

test.each([
  { key: "/registry/pods/shop/api-1", resource: "pods", namespace: "shop" },
  { key: "/registry/minions/worker-1", resource: "minions", namespace: "minions" },
  { key: "/registry/services/specs/shop/api", resource: "services/specs", namespace: "shop" },
  { key: "/registry/argoproj.io/applications/argocd/x", resource: "argoproj.io/applications", namespace: "argocd" },
])("$key is of $resource", ({ key, resource, namespace }) => {
  expect(resourceOf(key)).toBe(resource);
  expect(namespaceOf(key)).toBe(namespace);
});
