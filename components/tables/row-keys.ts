const PAGE_ROWS = 10;

/** The row a key goes to from `index`, or null when the key does not move. Stops at both ends. */
export function targetIndex(key: string, index: number, rowCount: number): number | null {
  const last = rowCount - 1;
  switch (key) {
    case "ArrowDown":
      return Math.min(last, index + 1);
    case "ArrowUp":
      return Math.max(0, index - 1);
    case "PageDown":
      return Math.min(last, index + PAGE_ROWS);
    case "PageUp":
      return Math.max(0, index - PAGE_ROWS);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
