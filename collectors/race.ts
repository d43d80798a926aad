/** Runs all, and when the first fails lets `stop` end the others with its error as the reason; rethrows that. */
export async function firstFailure(jobs: (() => Promise<unknown>)[], stop: (error: unknown) => void): Promise<void> {
  const running = jobs.map((job) => job());
  try {
    await Promise.race(running);
    stop(undefined);
  } catch (error) {
    stop(error);
    throw error;
  } finally {
    await Promise.allSettled(running.slice(1));
  }
}

/** Fails when `job` has not ended in time: a connection that Postgres lost may leave a query without any answer. */
export async function withTimeout(job: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Postgres has not answered for ${timeoutMs / 1_000} s`)), timeoutMs);
  });
  await Promise.race([job, late]).finally(() => clearTimeout(timer));
}

/** Fails with the signal's reason once it says stop. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
