import { expect, test } from "vitest";
import { storageAnswer } from "@/components/settings/storage-answer";
import type { StorageAnswer } from "@/lib/api/storage";

const MIB = 2 ** 20;
const storage = (more: Partial<StorageAnswer>): StorageAnswer => ({
  databaseBytes: 412 * MIB,
  otherBytes: 0,
  inThirtyDaysBytes: 1.2 * 1024 * MIB,
  levels: [],
  clusters: ["a", "b", "c"].map((cluster) => ({ cluster, share: 1 / 3 })),
  origin: "estimated",
  ...more,
});

test.each([
  { more: {}, title: "etcdscope uses 412 MiB for 3 clusters; at this pace 1.20 GiB in 30 days." },
  { more: { inThirtyDaysBytes: null }, title: "etcdscope uses 412 MiB for 3 clusters; the pace is not known yet." },
  {
    more: { clusters: [{ cluster: "a", share: 1 }] },
    title: "etcdscope uses 412 MiB for one cluster; at this pace 1.20 GiB in 30 days.",
  },
])("$title", ({ more, title }) => {
  expect(storageAnswer(storage(more)).title).toBe(title);
});
