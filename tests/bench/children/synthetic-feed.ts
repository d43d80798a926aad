import "@/collectors/cluster-set";
import "@/collectors/question-desk";
import { type KeyFields, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { readOptions, tell } from "@/tests/bench/children/talk";
import { keyAt, valueBytesAt } from "@/tests/bench/keys";

/** Loads keys that no etcd holds into a model, in pages as a scan does, in a process with the worker's imports. */

const PAGE_KEYS = 1_000;
const LONGEST_KEY_BYTES = 256;

const { keys } = readOptions<{ keys: number }>();
const buffer = Buffer.alloc(LONGEST_KEY_BYTES);
const kv: KeyFields = {
  buffer,
  keyStart: 0,
  keyEnd: 0,
  createRevision: 0,
  modRevision: 0,
  version: 1,
  valueBytes: 0,
};
const model = new KeyspaceModel();
model.completeRevision(keys);
const startedMs = performance.now();
model.beginScan();
for (let index = 0; index < keys; index++) {
  kv.keyEnd = buffer.write(keyAt(index), "latin1");
  kv.createRevision = index + 1;
  kv.modRevision = index + 1;
  kv.valueBytes = valueBytesAt(index);
  model.load(kv);
  if (index % PAGE_KEYS === 0) await new Promise((resolve) => setImmediate(resolve));
}
model.endScan();
const loadMs = performance.now() - startedMs;
const figuresStartedMs = performance.now();
model.figures();
const figuresMs = performance.now() - figuresStartedMs;
if (model.keys !== keys) throw new Error(`the model has ${model.keys} of ${keys} keys`);
tell("loaded", { modelBytes: model.memoryBytes, loadMs, figuresMs });
setInterval(() => model.keys, 60_000); // keeps the model, and the process
