import { Etcd3 } from "etcd3";
import { prepareDemo, runDemo } from "@/lib/demo/demo";
import { readOptions, tell } from "@/tests/bench/children/talk";

/** The demo's keyspace and its workload on an etcd, until the bench ends it. */

const { endpoint } = readOptions<{ endpoint: string }>();
const client = new Etcd3({ hosts: endpoint });
const around = await prepareDemo(client, () => undefined);
tell("ready");
await runDemo(client, around, new AbortController().signal);
