/** What a time zone is ahead of UTC at an instant, in milliseconds. */
export function zoneOffsetMs(atMs: number, zone: string): number {
  const local = new Date(atMs).toLocaleString("sv-SE", { timeZone: zone });
  return Date.parse(`${local.replace(" ", "T")}Z`) - Math.floor(atMs / 1_000) * 1_000;
}
