/** Cells a minute of one source of a cluster may have; the lightest of more are folded (`lib/model/traffic-folding.ts`). */
export const MINUTE_CELLS = 2_000;
/** The same of an hour. */
export const HOUR_CELLS = 5_000;
/** Identities of a cluster the dictionary keeps; those that come later are counted folded. */
export const DICTIONARY_CELLS = 500_000;
/** Two events of a source with no more than this between them: it was heard all the while. */
export const SILENCE_MS = 120_000;
/** How long a sender may repeat itself and be noticed. */
export const DEDUPE_WINDOW_MS = 15 * 60_000;
/** Events older than this, or further ahead of our clock, are not counted (`lib/model/ingest-faults.ts`). */
export const OLDEST_EVENT_MS = 14 * 86_400_000;
export const NEWEST_EVENT_MS = 5 * 60_000;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
