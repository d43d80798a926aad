/** What an ingest endpoint takes. */
export const MAX_PACKED_BYTES = 10 * 1024 * 1024;
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
export const MAX_ITEM_BYTES = 1024 * 1024;

/** Per cluster: what it may send for long, and for how many seconds it may be ahead of that. */
export const EVENTS_PER_SECOND = 20_000;
export const BYTES_PER_SECOND = 32 * 1024 * 1024;
export const BURST_SECONDS = 15;
/** Requests of one cluster that are read at the same time. */
export const MAX_IN_FLIGHT = 32;

/** What a sender is told to wait while Postgres is away, or while it has too many requests under way. */
export const RETRY_AFTER_SECONDS = 5;
/** How long a refusal for too much is held back, and how many at most: a sender that heeds no Retry-After is slowed down. */
export const REFUSAL_DELAY_MS = 1_000;
export const MAX_HELD_REFUSALS = 200;

/** Batches of one cluster that may wait for the worker: more than an hour of a busy sender. */
export const MAX_OPEN_BATCHES = 50_000;
