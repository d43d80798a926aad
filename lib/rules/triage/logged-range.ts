/** What a line of etcd's log says of a range that was slow. */
export interface LoggedRange {
  /** Where it began, as text; null: not said. */
  key: string | null;
  keys: number | null;
  bytes: number | null;
}

const MAX_CHARACTERS = 1_000;
const MAX_KEY_CHARACTERS = 200;

/** Reads the example of an `apply-took-too-long` line. Null: it tells of no range. */
export function readLoggedRange(example: string): LoggedRange | null {
  const text = example.slice(0, MAX_CHARACTERS);
  const answer = /range_response_count:(\d{1,12}) size:(\d{1,15})/.exec(text);
  const isRange = answer !== null || /\bread-only range\b/.test(text);
  if (!isRange) return null;
  const key = /\bkey:"((?:[^"\\]|\\.){0,200})/.exec(text)?.[1]?.replaceAll('\\"', '"') ?? null;
  return {
    key: key === null || key === "" ? null : key.slice(0, MAX_KEY_CHARACTERS),
    keys: answer === null ? null : Number(answer[1]),
    bytes: answer === null ? null : Number(answer[2]),
  };
}
