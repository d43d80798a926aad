import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Pages of metrics recorded from real servers: loaded etcds, and a kube-apiserver twice, 66 s apart. */
export const RECORDED_PAGES = [
  "etcd-3.4-metrics",
  "etcd-3.5-metrics",
  "etcd-3.6-metrics",
  "etcd-metrics-k8s",
  "apiserver-metrics",
  "apiserver-metrics-later",
] as const;
export type RecordedPage = (typeof RECORDED_PAGES)[number];

/** A recorded page as it was served. */
export function readRecordedPage(name: RecordedPage): Buffer {
  return gunzipSync(readFileSync(join(import.meta.dirname, `../fixtures/${name}.txt.gz`)));
}
