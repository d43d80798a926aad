/** A probe of every member begins in each slot; a row of `probe_minute` holds those of a minute. */
export const PROBE_SLOT_MS = 5_000;
export const PROBE_SLOTS = 12;
const MINUTE_MS = PROBE_SLOT_MS * PROBE_SLOTS;

/** What stands for a read that failed, in place of its microseconds. */
export const PROBE_FAILED = -1;

/** A key that nobody writes; etcdscope itself never writes to etcd. */
export const PROBE_KEY = "/etcdscope.probe/absent";

/** The slot an instant lies in: its minute's start, and its number there from 0 on. */
export function slotAt(atMs: number): { minuteMs: number; slot: number } {
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  return { minuteMs, slot: Math.floor((atMs - minuteMs) / PROBE_SLOT_MS) };
}

/** Milliseconds until the next slot begins; never 0. */
export function untilNextSlotMs(nowMs: number): number {
  return PROBE_SLOT_MS - (nowMs % PROBE_SLOT_MS);
}
