import { join } from "node:path";
import { type EtcdBinaries, findEtcd, findEtcd35 } from "@/lib/demo/etcd-binary";

const CACHE_DIR = join(import.meta.dirname, "../../.etcdscope/cache");

/** An etcd server to test against, and the etcdctl that came with it. */
export interface EtcdVersion {
  version: string;
  binary: string;
  etcdctl: string;
}

/** The etcd servers to test against: what this machine has, and a 3.5 where that is another version. */
export async function findEtcdVersions(): Promise<EtcdVersion[]> {
  const found = [await findEtcd({ cacheDir: CACHE_DIR }), await findEtcd35(CACHE_DIR)].map(toVersion);
  return [...new Map(found.map((one) => [one.version, one])).values()];
}

/** The 3.5: a snapshot of that version cannot be restored to an older one. */
export async function findNewestEtcd(): Promise<EtcdVersion> {
  return toVersion(await findEtcd35(CACHE_DIR));
}

function toVersion({ version, etcd, etcdctl }: EtcdBinaries): EtcdVersion {
  if (etcdctl === null) throw new Error(`There is no etcdctl beside ${etcd} or on PATH; install etcd-client.`);
  return { version, binary: etcd, etcdctl };
}
