import { pino } from "pino";
import { readLogLevel } from "@/lib/config";

/** The process's logger: JSON lines on standard output. A part of the program takes `log.child({ part: "..." })`. */
export const log = pino({
  level: readLogLevel(),
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
});

export type Log = typeof log;
