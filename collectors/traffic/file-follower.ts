import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { addLine } from "@/collectors/traffic/add-line";
import { Tally } from "@/collectors/traffic/aggregate";
import { CaughtUp } from "@/collectors/traffic/caught-up";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import {
  deleteCursors,
  type FileCursor,
  fingerprintOf,
  readCursors,
  writeCursor,
} from "@/collectors/traffic/file-cursor";
import { FilePlanner, type PlannedFile } from "@/collectors/traffic/file-plan";
import { cursorOf, FileChangedError, FileReading } from "@/collectors/traffic/file-reading";
import { codeOf, type FollowedFile, listFollowedFiles, type PathFault } from "@/collectors/traffic/followed-files";
import { FollowerHealth } from "@/collectors/traffic/follower-health";
import { HOUR_MS, OLDEST_EVENT_MS } from "@/collectors/traffic/limits";
import type { SplitLines } from "@/collectors/traffic/line-splitter";
import { MovedFiles } from "@/collectors/traffic/moved-files";
import type { TrafficStore, Turn } from "@/collectors/traffic/traffic-store";
import { writeTally } from "@/collectors/traffic/write";
import type { Log } from "@/lib/log";

export interface FileFollowerOptions {
  store: TrafficStore;
  clusterId: number;
  source: CellSource;
  /** Absolute; `*` stands for part of a file name. */
  paths: readonly string[];
  log: Log;
}

const POLL_MS = 1_000;
const RETRY_MS = 2_000;
/** What is read and counted in one transaction. */
const TURN_BYTES = 4 * 1024 * 1024;
/** Then others may go on. */
const LINES_AT_ONCE = 500;
const PRUNE_MS = HOUR_MS;

/**
 * Follows the files of one source of one cluster, through rotation by renaming, copying and compressing. What was counted
 * and how far the file was read are written in one transaction, so that each line is counted once.
 */
export class FileFollower {
  readonly name: string;
  #options: FileFollowerOptions;
  #planner = new FilePlanner();
  #moved: MovedFiles;
  #caughtUp: CaughtUp;
  #health: FollowerHealth;
  #cursors: Map<string, FileCursor> | null = null;
  /** Files in the middle of being read. */
  #readings = new Map<string, FileReading>();
  #prunedMs = 0;

  constructor(options: FileFollowerOptions) {
    const { store, clusterId, source, paths } = options;
    this.name = `${source}-files`;
    this.#options = options;
    this.#moved = new MovedFiles(paths);
    this.#caughtUp = new CaughtUp(source);
    this.#health = new FollowerHealth(store.db, clusterId, source);
  }

  /** Reads what comes until told to stop. Never throws: a failure is logged, reported and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = POLL_MS;
      try {
        if (await this.round(signal)) pauseMs = 0;
      } catch (error) {
        await this.#forgetReadings();
        this.#cursors = null;
        this.#options.log.warn({ collector: this.name, error: String(error) }, "files not read, will be tried again");
        pauseMs = RETRY_MS;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
    await this.#forgetReadings();
  }

  /** A turn of the oldest file that has something new, and one of the newest. Answers whether there is more. */
  async round(signal?: AbortSignal): Promise<boolean> {
    const { store, clusterId, source, paths } = this.#options;
    const nowMs = Date.now();
    this.#cursors ??= await readCursors(store.db, clusterId, source);
    const listed = await listFollowedFiles(paths);
    const files = [...(await this.#moved.find(listed.files, this.#cursors)), ...listed.files];
    const { planned, faults } = await this.#planner.plan(files, this.#cursors, nowMs);
    const unread: PathFault[] = [...listed.faults, ...faults];
    for (const one of planned) await this.#adopt(one);
    const due = new Set([planned[0], planned[planned.length - 1]].filter((one) => one !== undefined));
    let isBusy = planned.length > due.size;
    for (const one of due) {
      if (signal?.aborted) return false;
      const outcome = await this.#takeTurn(one);
      isBusy ||= outcome === "more";
      if (typeof outcome === "object") unread.push({ path: one.file.path, code: outcome.fault });
    }
    this.#caughtUp.note(nowMs, !isBusy && files.length > 0 && unread.length === 0);
    if (this.#caughtUp.isDue()) await this.#write(null, { lines: [], tooLong: 0 });
    await this.#prune(files, nowMs);
    await this.#health.report(paths, { files: files.length, unread });
    return isBusy;
  }

  /** Notes of a copy that it has been read as far as its original, which may change any moment. */
  async #adopt(planned: PlannedFile): Promise<void> {
    const { file, cursor, startBytes, head } = planned;
    if (startBytes === 0 || cursor?.offsetBytes === startBytes) return;
    const fingerprint = fingerprintOf(head, startBytes);
    const after = { file: file.file, path: file.path, offsetBytes: startBytes, fingerprint, atMs: Date.now() };
    const { store, clusterId, source } = this.#options;
    await writeCursor(store.db, { clusterId, source }, { before: cursor, after });
    this.#cursors?.set(file.file, after);
    planned.cursor = after;
  }

  /** Reads some of a file and writes what it tells. Answers whether it goes on, ends here, or cannot be read. */
  async #takeTurn(planned: PlannedFile): Promise<"more" | "end" | { fault: string }> {
    const reading = await this.#readingOf(planned);
    let split: SplitLines;
    try {
      split = await readLines(reading);
    } catch (error) {
      await this.#forget(reading);
      if (error instanceof FileChangedError || codeOf(error) === "ENOENT") return "more"; // planned anew
      this.#planner.fail(planned.file, codeOf(error));
      return { fault: codeOf(error) };
    }
    const after = cursorOf(reading, Date.now());
    if (after !== null && !isSameCursor(planned.cursor, after)) {
      await this.#write({ before: planned.cursor, after }, split);
    }
    if (!reading.isAtEnd) return "more";
    this.#planner.finish(planned.file);
    if (planned.file.isGzip) await this.#forget(reading);
    return "end";
  }

  /** What lines tell, that we heard it, and how far we have come: all or nothing. */
  async #write(moved: CursorMove | null, split: SplitLines): Promise<void> {
    const { store, clusterId, source } = this.#options;
    const quiet = this.#caughtUp.stretch();
    const newestMs = await store.turn(clusterId, async (turn) => {
      const tally = await countLines(turn, source, split);
      if (quiet !== null) tally.heard.addStretch(quiet);
      const newest = tally.heard.newestEventMs();
      await writeTally(store, turn, { source, tally });
      if (moved !== null) await writeCursor(turn.tx, { clusterId, source }, moved);
      return newest;
    });
    this.#caughtUp.written(newestMs);
    if (moved !== null) this.#cursors?.set(moved.after.file, moved.after);
  }

  async #readingOf({ file, startBytes, head }: PlannedFile): Promise<FileReading> {
    const there = this.#readings.get(file.file);
    if (there !== undefined && there.wholeBytes === startBytes && there.file.path === file.path) {
      there.head = head; // of a short file it grows
      return there;
    }
    if (there !== undefined) await this.#forget(there);
    const reading = new FileReading(file, { startBytes, head });
    this.#readings.set(file.file, reading);
    return reading;
  }

  async #forget(reading: FileReading): Promise<void> {
    this.#readings.delete(reading.file.file);
    await reading.close().catch(() => undefined);
  }

  async #forgetReadings(): Promise<void> {
    for (const reading of [...this.#readings.values()]) await this.#forget(reading);
  }

  /** Cursors of files that are gone, and whose copies hold nothing that would still be counted. */
  async #prune(files: readonly FollowedFile[], nowMs: number): Promise<void> {
    if (nowMs - this.#prunedMs < PRUNE_MS || this.#cursors === null) return;
    const { store, clusterId, source } = this.#options;
    const listed = new Set(files.map(({ file }) => file));
    const gone = [...this.#cursors.values()].filter(
      ({ file, atMs }) => !listed.has(file) && atMs < nowMs - OLDEST_EVENT_MS,
    );
    await deleteCursors(
      store.db,
      { clusterId, source },
      gone.map(({ file }) => file),
    );
    for (const { file } of gone) this.#cursors.delete(file);
    for (const [file, reading] of this.#readings) if (!listed.has(file)) await this.#forget(reading);
    this.#prunedMs = nowMs;
  }
}

interface CursorMove {
  before: FileCursor | null;
  after: FileCursor;
}

function isSameCursor(before: FileCursor | null, after: FileCursor): boolean {
  if (before === null || before.offsetBytes !== after.offsetBytes || before.path !== after.path) return false;
  return before.fingerprint.equals(after.fingerprint);
}

async function readLines(reading: FileReading): Promise<SplitLines> {
  const all: SplitLines = { lines: [], tooLong: 0 };
  for await (const { lines, tooLong } of reading.read(TURN_BYTES)) {
    for (const line of lines) all.lines.push(line);
    all.tooLong += tooLong;
  }
  return all;
}

async function countLines(turn: Turn, source: CellSource, { lines, tooLong }: SplitLines): Promise<Tally> {
  const tally = new Tally(turn.nowMs, turn.observed?.of(source));
  if (tooLong > 0) tally.addFault("too-long", tooLong);
  for (let at = 0; at < lines.length; at++) {
    addLine(tally, source, { line: lines[at] as string, ids: turn.ids });
    if (at % LINES_AT_ONCE === LINES_AT_ONCE - 1) await nextTurn();
  }
  return tally;
}
