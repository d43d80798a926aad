import { isDeepStrictEqual } from "node:util";
import { type CollectorReport, reportState } from "@/collectors/report-state";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import type { PathFault } from "@/collectors/traffic/followed-files";
import type { Db } from "@/lib/db/client";

const REPORT_MS = 10_000;

/** Says how the files of a source do: at once when it changes, and else every ten seconds. */
export class FollowerHealth {
  #last: { report: CollectorReport; atMs: number } | null = null;

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
    private readonly source: CellSource,
  ) {}

  async report(paths: readonly string[], found: { files: number; unread: readonly PathFault[] }): Promise<void> {
    const report = judgeFiles(paths, found);
    const isNew = !isDeepStrictEqual(report, this.#last?.report);
    if (!isNew && Date.now() - (this.#last?.atMs ?? 0) < REPORT_MS) return;
    await reportState(this.db, this.clusterId, this.source, report);
    this.#last = { report, atMs: Date.now() };
  }
}

/** How a source does whose files were found so. The first fault is told, and how many more there are. */
export function judgeFiles(
  paths: readonly string[],
  { files, unread }: { files: number; unread: readonly PathFault[] },
): CollectorReport {
  const [first, ...others] = unread;
  if (first === undefined) return { health: "ok" };
  const more = others.length === 0 ? "" : ` So it is with ${others.length} more.`;
  const health = files === 0 || unread.length >= paths.length + files ? "failed" : "degraded";
  const { reason, remedy } = inWords(first);
  return { health, reason: `${reason}${more}`, remedy };
}

function inWords({ path, code }: PathFault): { reason: string; remedy: string } {
  if (code === "ENOENT" || code === "ENOTDIR") {
    return {
      reason: `No file is named ${path} on the worker's machine.`,
      remedy: "It is read as soon as it appears. Check the path, and that the worker runs where the file is.",
    };
  }
  if (code === "EACCES" || code === "EPERM") {
    return {
      reason: `${path} may not be read by the worker.`,
      remedy: "Give the worker's user the right to read the file and to enter its directories.",
    };
  }
  if (code.startsWith("Z_")) {
    return {
      reason: `${path} cannot be unpacked: it is damaged, or still being compressed.`,
      remedy: "It is tried again when it changes. If it is damaged, move it away.",
    };
  }
  return {
    reason: `${path} cannot be read (${code}).`,
    remedy: "Check the file and its disk on the worker's machine.",
  };
}
