import { Etcd3 } from "etcd3";
import { cpuMs, onTold, readOptions, tell } from "@/tests/bench/children/talk";

/** The peer of the watch: etcd3's watcher on the whole keyspace, doing the least that a user of it would. */

const { endpoint } = readOptions<{ endpoint: string }>();
const client = new Etcd3({ hosts: endpoint });
const seen = { events: 0, bytes: 0, revision: 0 };
const watcher = await client.watch().prefix("").create();
watcher.on("put", (kv) => count(kv.key.length + kv.value.length, kv.mod_revision));
watcher.on("delete", (kv) => count(kv.key.length, kv.mod_revision));
watcher.on("error", (error) => {
  throw error;
});

onTold("mark", async ({ revision }) => {
  while (seen.revision < (revision as number)) await new Promise((resolve) => setTimeout(resolve, 5));
  tell("mark", { cpuMs: cpuMs(), revision: seen.revision, events: seen.events });
});
tell("live");

function count(bytes: number, modRevision: string): void {
  seen.events++;
  seen.bytes += bytes;
  seen.revision = Number(modRevision);
}
