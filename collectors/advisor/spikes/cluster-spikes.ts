import { MemberSpikes } from "@/collectors/advisor/spikes/member-spikes";
import { PrefixSpikes } from "@/collectors/advisor/spikes/prefix-spikes";
import { SignalSpikes } from "@/collectors/advisor/spikes/signal-spikes";
import { writeSpikeEvents } from "@/collectors/advisor/spikes/spike-events";
import type { SpikeFamily } from "@/collectors/advisor/spikes/spike-family";
import { listCurrentSpikes, writeSpikes } from "@/collectors/advisor/spikes/spike-rows";
import { TrafficSpikes } from "@/collectors/advisor/spikes/traffic-spikes";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import { log } from "@/lib/log";
import { SPIKE_SIGNALS } from "@/lib/model/spikes";

/** The name under which the advisor reports; when it did is when spikes were last looked for. */
export const ADVISOR = "advisor";

const HOUR_MS = 3_600_000;
/** What was before the first look is what is usual; of the newest of it spikes are told already. */
const FIRST_LOOK_MS = 120_000;
const MAX_OPEN = 100;
/** Of which so many are kept for each signal. */
const RESERVED = 5;

/** Looks for spikes in one cluster, again and again. */
export class ClusterSpikes {
  #signals: SignalSpikes[] | null = null;
  #hasSeenAny = false;

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
    private readonly families: readonly SpikeFamily[] = openFamilies(db, clusterId),
  ) {}

  /** Looks at what has come since the last time. */
  async pass(nowMs: number): Promise<void> {
    const signals = this.#signals ?? (await this.#open(nowMs));
    this.#signals = signals;
    for (const family of this.families) {
      try {
        await this.#take(family, signals, nowMs);
      } catch (error) {
        const { clusterId } = this;
        log.warn({ clusterId, signals: family.signals, error: String(error) }, "not looked at, will be tried again");
      }
    }
    await this.#write(signals);
  }

  async #open(nowMs: number): Promise<SignalSpikes[]> {
    const rows = await listCurrentSpikes(this.db, this.clusterId, nowMs - HOUR_MS);
    const known = { rows, newestMs: nowMs - FIRST_LOOK_MS };
    return this.families.flatMap((family) =>
      family.signals.map((signal) => new SignalSpikes(this.clusterId, signal, family, known)),
    );
  }

  async #take(family: SpikeFamily, signals: readonly SignalSpikes[], nowMs: number): Promise<void> {
    const mine = signals.filter((signal) => signal.family === family);
    const sinceMs = Math.max(nowMs - 2 * HOUR_MS, Math.min(...mine.map((signal) => signal.sinceMs)));
    for await (const { signal, step } of family.read(sinceMs, nowMs)) {
      this.#hasSeenAny = true;
      await mine.find((one) => one.signal === signal)?.take(step);
      this.#choose(signals);
    }
    for (const signal of mine) {
      signal.restore();
      signal.endUnseen(nowMs);
    }
  }

  /** The strongest are told, so many as there is room for; a storm of clients leaves room for a slow disk. */
  #choose(signals: readonly SignalSpikes[]): void {
    for (const one of signals) {
      const candidates = one.listCandidates();
      if (candidates.length === 0) continue;
      const others = signals.filter((other) => other !== one);
      const taken = others.reduce((sum, { toldOpen }) => sum + Math.max(toldOpen, RESERVED), one.toldOpen);
      candidates.sort((a, b) => b.strength - a.strength || a.id - b.id);
      for (const { id } of candidates.slice(0, Math.max(0, MAX_OPEN - taken))) one.tell(id);
    }
  }

  async #write(signals: readonly SignalSpikes[]): Promise<void> {
    const rows = signals.flatMap((signal) => signal.listRows());
    await writeSpikes(
      this.db,
      rows.map(({ row }) => row),
    );
    const news = rows.filter(({ row, isNews }) => isNews && SPIKE_SIGNALS[row.signal].isLatency);
    await writeSpikeEvents(
      this.db,
      news.map(({ row }) => row),
    );
    for (const signal of signals) signal.written();
    if (this.#hasSeenAny) await reportState(this.db, this.clusterId, ADVISOR, { health: "ok" });
  }
}

function openFamilies(db: Db, clusterId: number): SpikeFamily[] {
  return [new PrefixSpikes(db, clusterId), new MemberSpikes(db, clusterId), new TrafficSpikes(db, clusterId)];
}
