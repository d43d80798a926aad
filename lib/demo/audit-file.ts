import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { log } from "@/lib/log";

const LARGEST_FILE_BYTES = 8 * 1024 ** 2;
const OLD_FILES = 3;
const NAME = "audit.log";

/** What to follow of the audit log below the demo's data directory: the file and those it was rotated to. */
export function auditPaths(dataDir: string): string[] {
  return [join(dataDir, "audit", "audit*.log")];
}

/** An audit log as an apiserver writes it: JSON lines, rotated by renaming, at most four files of 8 MiB. */
export class AuditFile {
  readonly #directory: string;
  #file: number;
  #bytes: number;
  #pending: string[] = [];
  #isFailing = false;

  /** Goes on with the file that is there. `dataDir` is the demo's. */
  constructor(dataDir: string) {
    this.#directory = join(dataDir, "audit");
    mkdirSync(this.#directory, { recursive: true });
    this.#file = this.#open();
    this.#bytes = statSync(join(this.#directory, NAME)).size;
  }

  /** Takes an event; it is in the file after the next `flush`. */
  append(event: object): void {
    this.#pending.push(`${JSON.stringify(event)}\n`);
  }

  /** Writes what has been taken. A disk that takes nothing more costs the demo its audit log, not its life. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const lines = Buffer.from(this.#pending.join(""));
    this.#pending = [];
    try {
      if (this.#bytes > 0 && this.#bytes + lines.length > LARGEST_FILE_BYTES) this.#rotate();
      writeSync(this.#file, lines);
      this.#bytes += lines.length;
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.warn({ error: String(error) }, "the demo's audit log cannot be written");
      this.#isFailing = true;
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }

  #open(): number {
    return openSync(join(this.#directory, NAME), "a", 0o600);
  }

  #rotate(): void {
    const stamp = new Date().toISOString().replaceAll(":", "-").replace("Z", "");
    renameSync(join(this.#directory, NAME), join(this.#directory, `audit-${stamp}.log`));
    closeSync(this.#file);
    this.#file = this.#open();
    this.#bytes = 0;
    const old = readdirSync(this.#directory).filter((name) => name.startsWith("audit-"));
    // The names sort as their times do.
    for (const name of old.sort().slice(0, -OLD_FILES)) rmSync(join(this.#directory, name), { force: true });
  }
}
