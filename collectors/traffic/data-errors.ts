/** SQLSTATE classes that speak of what was to be written, not of the server: data, integrity, program limits. */
const DATA_CLASSES = /^(22|23|54)/;

/** Whether an error comes from what was to be written, and would come again; false when Postgres or the network is at fault. */
export function isOfTheData(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return true;
  return DATA_CLASSES.test(cause.code);
}
