/** The levels that measurements are kept at, the finest first. */
export const RETENTION_LEVELS = ["frames", "minutes", "hours", "days"] as const;
export type RetentionLevel = (typeof RETENTION_LEVELS)[number];

const DAY = 24;
const MONTH = 31 * DAY;
const YEAR = 366 * DAY;

interface LevelRule {
  /** What one sample stands for, in words. */
  resolution: string;
  defaultHours: number;
  /** Bounds of what can be set. */
  minHours: number;
  maxHours: number;
  /** What the interface offers. */
  choices: readonly number[];
}

/** How long each level is kept unless it is set, and between which bounds. */
export const RETENTION: Record<RetentionLevel, LevelRule> = {
  frames: {
    resolution: "10 s",
    defaultHours: DAY,
    minHours: 6,
    maxHours: 14 * DAY,
    choices: [6, 12, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY],
  },
  minutes: {
    resolution: "1 min",
    defaultHours: 14 * DAY,
    minHours: 2 * DAY,
    maxHours: 3 * MONTH,
    choices: [2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 3 * MONTH],
  },
  hours: {
    resolution: "1 h",
    defaultHours: 13 * MONTH,
    minHours: MONTH,
    maxHours: 5 * YEAR,
    choices: [MONTH, 3 * MONTH, 6 * MONTH, 13 * MONTH, 2 * YEAR, 5 * YEAR],
  },
  days: {
    resolution: "1 day",
    defaultHours: 5 * YEAR,
    minHours: 13 * MONTH,
    maxHours: 10 * YEAR,
    choices: [13 * MONTH, 2 * YEAR, 3 * YEAR, 5 * YEAR, 10 * YEAR],
  },
};

/** How many hours each level is kept. */
export type Retention = Record<RetentionLevel, number>;

/** What holds where nothing is set. */
export const DEFAULT_RETENTION: Retention = {
  frames: RETENTION.frames.defaultHours,
  minutes: RETENTION.minutes.defaultHours,
  hours: RETENTION.hours.defaultHours,
  days: RETENTION.days.defaultHours,
};

/** Why a retention cannot be: the level at fault and a sentence; null when it can. A coarser level is kept longer. */
export function findRetentionFault(retention: Retention): { level: RetentionLevel; message: string } | null {
  for (const [i, level] of RETENTION_LEVELS.entries()) {
    const { minHours, maxHours } = RETENTION[level];
    const hours = retention[level];
    if (!Number.isInteger(hours) || hours < minHours || hours > maxHours) {
      return { level, message: `must be a whole number of hours from ${minHours} to ${maxHours}` };
    }
    const finer = RETENTION_LEVELS[i - 1];
    if (finer && hours < retention[finer]) {
      return {
        level,
        message: `must not be shorter than \`${finer}\`, which are kept ${formatHours(retention[finer])}`,
      };
    }
  }
  return null;
}

/** A number of hours in the largest unit that divides it: "14 days", "13 months", "5 years". */
export function formatHours(hours: number): string {
  const [unit, name] = (
    [
      [YEAR, "year"],
      [MONTH, "month"],
      [DAY, "day"],
    ] as const
  ).find(([unit]) => hours % unit === 0) ?? [1, "hour"];
  const count = hours / unit;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
