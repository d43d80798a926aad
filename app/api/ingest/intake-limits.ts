import { tooMuch } from "@/app/api/ingest/ingest-problem";
import {
  BURST_SECONDS,
  BYTES_PER_SECOND,
  EVENTS_PER_SECOND,
  MAX_IN_FLIGHT,
  RETRY_AFTER_SECONDS,
} from "@/app/api/ingest/limits";

interface Intake {
  inFlight: number;
  /** How far ahead of the rate the cluster is, in seconds: of its events and of its bytes. */
  eventSeconds: number;
  byteSeconds: number;
  atMs: number;
}

/**
 * How much each cluster may send. What a batch costs is known when it has been read: it is charged then, and the next one
 * waits until it is paid.
 */
export class IntakeLimits {
  readonly #intakes = new Map<number, Intake>();
  readonly #now: () => number;

  /** `now` in milliseconds, ever growing. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Lets a request of the cluster in; `leave` must follow. Throws an `IngestProblem` (429). */
  enter(clusterId: number): void {
    const intake = this.#intakeOf(clusterId);
    const aheadSeconds = Math.max(intake.eventSeconds, intake.byteSeconds) - BURST_SECONDS;
    if (aheadSeconds > 0) {
      const limit =
        intake.eventSeconds >= intake.byteSeconds
          ? `${EVENTS_PER_SECOND} events a second`
          : `${BYTES_PER_SECOND / 1024 / 1024} MiB a second`;
      throw tooMuch(`This cluster has sent more than ${limit}.`, Math.ceil(aheadSeconds));
    }
    if (intake.inFlight >= MAX_IN_FLIGHT) {
      throw tooMuch(`${MAX_IN_FLIGHT} requests of this cluster are being read already.`, RETRY_AFTER_SECONDS);
    }
    intake.inFlight++;
  }

  /** The request is over, however it ended, and cost this much. */
  leave(clusterId: number, { events, bytes }: { events: number; bytes: number }): void {
    const intake = this.#intakeOf(clusterId);
    intake.inFlight--;
    intake.eventSeconds += events / EVENTS_PER_SECOND;
    intake.byteSeconds += bytes / BYTES_PER_SECOND;
  }

  #intakeOf(clusterId: number): Intake {
    const atMs = this.#now();
    const intake = this.#intakes.get(clusterId) ?? { inFlight: 0, eventSeconds: 0, byteSeconds: 0, atMs };
    const seconds = (atMs - intake.atMs) / 1_000;
    intake.eventSeconds = Math.max(0, intake.eventSeconds - seconds);
    intake.byteSeconds = Math.max(0, intake.byteSeconds - seconds);
    intake.atMs = atMs;
    this.#intakes.set(clusterId, intake);
    return intake;
  }
}
