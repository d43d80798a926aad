import { setTimeout as sleep } from "node:timers/promises";
import { readReport } from "@/collectors/agent/report";
import { type Delivery, type Receiver, sendReport } from "@/collectors/agent/send-report";

/** The longest pause between two tries while nothing is taken. */
const MAX_PAUSE_MS = 300_000;

export interface AgentOptions extends Receiver {
  member: string;
  procDir: string;
  ports: ReadonlySet<number>;
  intervalMs: number;
}

/**
 * Counts a member's connections and reports them, again and again, until told to stop. A report that is not taken is not
 * kept: the next one says how things are then. While nothing is taken the pauses grow. `say` is told each change for
 * better or worse, one sentence each.
 */
export async function runAgent(
  options: AgentOptions,
  { signal, say }: { signal: AbortSignal; say: (sentence: string) => void },
): Promise<void> {
  let failures = 0;
  let said = "";
  while (!signal.aborted) {
    const { sentence, delivery } = await reportOnce(options, signal);
    if (signal.aborted) return;
    if (sentence !== said) say(sentence);
    said = sentence;
    failures = delivery.isTaken ? 0 : failures + 1;
    await sleep(pauseMs(options.intervalMs, failures, delivery), undefined, { signal }).catch(() => undefined);
  }
}

async function reportOnce(
  options: AgentOptions,
  signal: AbortSignal,
): Promise<{ sentence: string; delivery: Delivery }> {
  const { member, cluster, url, procDir } = options;
  try {
    const { report, badLines } = await readReport(options, Date.now());
    const delivery = await sendReport(options, report, signal);
    if (!delivery.isTaken) return { sentence: delivery.reason, delivery };
    const note = badLines > 0 ? `; ${badLines} lines of ${procDir}/net could not be read` : "";
    return { sentence: `Reporting the connections of ${member} in ${cluster} to ${url}${note}.`, delivery };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reason = `The connections cannot be read from ${procDir}/net/tcp: ${code}.`;
    return { sentence: reason, delivery: { isTaken: false, reason, retryAfterMs: null } };
  }
}

/** Doubles with every failure, and is never shorter than the server asked for; some chance keeps agents apart. */
function pauseMs(intervalMs: number, failures: number, delivery: Delivery): number {
  const longest = Math.max(MAX_PAUSE_MS, intervalMs);
  const grown = Math.min(longest, intervalMs * 2 ** Math.min(Math.max(0, failures - 1), 10));
  const asked = delivery.isTaken ? 0 : (delivery.retryAfterMs ?? 0);
  return Math.min(longest, Math.max(asked, grown * (0.9 + Math.random() * 0.2)));
}
