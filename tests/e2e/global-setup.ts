import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { startProduct } from "@/tests/e2e/product";
import { fillStory, keepStoryGoing, STORY_NAME } from "@/tests/story/small-cluster";
import { startEtcd } from "@/tests/support/etcd";

/** Starts the real product, as a user does, on a real etcd that holds the story; and an empty etcd to be added. */
export default async function setup(): Promise<() => Promise<void>> {
  const stops: (() => Promise<unknown>)[] = [];
  const tearDown = async () => {
    for (const stop of stops.reverse()) await stop();
  };
  try {
    await start(stops);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

async function start(stops: (() => Promise<unknown>)[]): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "etcdscope-e2e-"));
  stops.push(() => rm(dataDir, { recursive: true, force: true }));
  const story = await startEtcd();
  stops.push(() => story.stop());
  const spare = await startEtcd();
  stops.push(() => spare.stop());
  await fillStory(story.endpoint);
  const going = new AbortController();
  const writing = keepStoryGoing(story.endpoint, going.signal);
  stops.push(() => {
    going.abort();
    return writing;
  });
  const product = await startProduct(["--data-dir", dataDir, "--endpoints", story.endpoint, "--name", STORY_NAME]);
  stops.push(() => product.stop());
  await expect
    .poll(() => readPhase(product.url), { timeout: 120_000, message: `${STORY_NAME} becomes live` })
    .toBe("live");
  Object.assign(process.env, { E2E_URL: product.url, E2E_STORY_ETCD: story.endpoint, E2E_SPARE_ETCD: spare.endpoint });
}

/** Where the story's keyspace stands, or why that cannot be said. */
async function readPhase(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}/api/v1/clusters/${STORY_NAME}`);
    return ((await answer.json()) as { keyspace: { phase: string } }).keyspace.phase;
  } catch (error) {
    return String(error);
  }
}
