import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "@/tests/bench/table";

/** One run of the bench: how large, what has been found, and what must be put away at the end. */
export class Bench {
  readonly rows: Row[] = [];
  /** Parts that failed; the others go on. */
  readonly crashes: string[] = [];
  /** For every child: `--cpu-prof` and the like. */
  readonly nodeFlags: readonly string[];
  readonly scale: number;
  #deferred: (() => unknown)[] = [];
  #startedMs = performance.now();

  constructor(options: { scale: number; nodeFlags?: readonly string[] }) {
    this.scale = options.scale;
    this.nodeFlags = options.nodeFlags ?? [];
  }

  /** A million of the full size, cut to the scale. */
  scaled(full: number): number {
    return Math.max(1, Math.round(full * this.scale));
  }

  /** How often a thing is repeated: as often as asked at full size, two times in a quick try. */
  rounds(full: number): number {
    return this.scale >= 1 ? full : Math.min(full, 2);
  }

  /** How long a window lasts: the full time, or at small scales a tenth of it, at least 3 s. */
  windowMs(fullMs: number): number {
    return this.scale >= 1 ? fullMs : Math.max(3_000, fullMs / 10);
  }

  report(row: Row): void {
    this.rows.push(row);
  }

  say(text: string): void {
    const seconds = ((performance.now() - this.#startedMs) / 1_000).toFixed(0).padStart(5);
    process.stderr.write(`${seconds} s  ${text}\n`);
  }

  /** Something to put away, last first, at the end of the part that is running. */
  defer(undo: () => unknown): void {
    this.#deferred.push(undo);
  }

  tempDir(name: string): string {
    const directory = mkdtempSync(join(tmpdir(), `etcdscope-bench-${name}-`));
    this.defer(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  }

  /** Marks where we are; the function it returns puts away all that came since. */
  scope(): () => Promise<void> {
    const before = this.#deferred.length;
    return async () => {
      while (this.#deferred.length > before) {
        try {
          await this.#deferred.pop()?.();
        } catch (error) {
          this.say(`putting away failed: ${String(error)}`);
        }
      }
    };
  }
}
