import { type LoopOptions, TargetLoop, type TargetPlan } from "@/collectors/metrics/target-loop";
import { repeat } from "@/collectors/repeat";
import { type CollectorReport, reportState } from "@/collectors/report-state";
import { AccessError } from "@/lib/model/endpoint";
import { formatCount } from "@/lib/model/units";

const PLANNING_MS = 2_000;
const REPORT_MS = 10_000;

export interface TargetSetOptions extends Omit<LoopOptions, "owners"> {
  /** The collector's name, and what it reads, in the plural. */
  name: "metrics" | "apiserver";
  subjects: string;
  /** Whom to read, asked every two seconds. Throws an AccessError when what is set cannot be read at all. */
  plan(): Promise<TargetPlan[]>;
}

/** The targets of a source as they come and go, and how they do as the collector's state. */
export class TargetSet {
  #options: TargetSetOptions;
  #loops = new Map<string, { loop: TargetLoop; stop(): Promise<void> }>();
  #owners = new Map<string, { memberId: string; atMs: number }>();
  #reported = { text: "", atMs: 0 };

  constructor(options: TargetSetOptions) {
    this.#options = options;
  }

  /** Reads until told to stop. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await repeat(this.#options.name, () => this.#adjust(signal), PLANNING_MS, signal);
    await Promise.all([...this.#loops.values()].map(({ stop }) => stop()));
  }

  async #adjust(signal: AbortSignal): Promise<void> {
    const plans = await this.#options.plan().catch((error) => this.#refuse(error));
    if (plans === null || signal.aborted) return;
    const wanted = new Map(plans.map((plan) => [plan.key, plan]));
    for (const [key, { stop }] of this.#loops) {
      if (wanted.has(key)) continue;
      this.#loops.delete(key);
      await stop();
    }
    for (const [key, plan] of wanted) {
      const running = this.#loops.get(key);
      if (running === undefined) this.#start(plan);
      else running.loop.plan = plan;
    }
    await this.#report(this.#judge());
  }

  async #refuse(error: unknown): Promise<null> {
    if (!(error instanceof AccessError)) throw error;
    await this.#report({ health: "failed", reason: error.reason, remedy: error.remedy });
    return null;
  }

  #start(plan: TargetPlan): void {
    const loop = new TargetLoop(plan, { ...this.#options, owners: this.#owners });
    const ending = new AbortController();
    const running = loop.run(ending.signal);
    const stop = async () => {
      ending.abort();
      await running;
    };
    this.#loops.set(plan.key, { loop, stop });
  }

  /** Null: none has been read yet. */
  #judge(): CollectorReport | null {
    const { subjects } = this.#options;
    const loops = [...this.#loops.values()].map(({ loop }) => loop);
    if (loops.length === 0) {
      return { health: "failed", reason: `No ${subjects} are known.`, remedy: `Set the URLs of the ${subjects}.` };
    }
    if (loops.some(({ outcome }) => outcome === null)) return null;
    const troubles = loops.flatMap(troublesOf);
    if (troubles.length === 0) return { health: "ok" };
    const silent = loops.filter(({ outcome }) => outcome?.isRead === false).length;
    const count = silent === 0 || loops.length === 1 ? "" : `${silent} of ${loops.length} ${subjects} cannot be read. `;
    return {
      health: silent === loops.length ? "failed" : "degraded",
      reason: count + [...new Set(troubles.map(({ reason }) => reason))].join(" "),
      remedy: [...new Set(troubles.map(({ remedy }) => remedy))].join(" "),
    };
  }

  /** When it has changed, and every ten seconds. */
  async #report(report: CollectorReport | null): Promise<void> {
    if (report === null) return;
    const text = JSON.stringify(report);
    const nowMs = Date.now();
    if (text === this.#reported.text && nowMs - this.#reported.atMs < REPORT_MS) return;
    const { db, clusterId } = this.#options.context;
    await reportState(db, clusterId, this.#options.name, report);
    this.#reported = { text, atMs: nowMs };
  }
}

function troublesOf({ plan, outcome }: TargetLoop): { reason: string; remedy: string }[] {
  if (outcome === null) return [];
  if (!outcome.isRead) return [{ reason: `${plan.subject}: ${outcome.reason}`, remedy: outcome.remedy }];
  const { droppedSeries = 0, badLines = 0 } = outcome.note ?? {};
  return [
    ...(droppedSeries === 0 ? [] : [tooMany(plan.subject, droppedSeries)]),
    ...(badLines === 0 ? [] : [notUnderstood(plan.subject, badLines)]),
  ];
}

function tooMany(subject: string, series: number) {
  return {
    reason: `The page of ${subject} has more series than are kept: ${formatCount(series)} were left out.`,
    remedy: "Look at what makes so many of them, such as custom resources or labels that never end.",
  };
}

function notUnderstood(subject: string, lines: number) {
  return {
    reason: `${formatCount(lines)} lines on the page of ${subject} are no metrics.`,
    remedy: "Check that the URL leads to the server itself.",
  };
}
