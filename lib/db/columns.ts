import { bigint, customType, timestamp } from "drizzle-orm/pg-core";

/** Raw bytes: keys and prefixes need not be UTF-8, and `text` refuses NUL. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/** An instant, UTC in the table. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A count or a size; beyond what `integer` holds. */
export const count = (name: string) => bigint(name, { mode: "number" });

/** Integers of which some are not known. The driver itself reads a null within an array as NaN. */
export const sparseIntegers = customType<{ data: (number | null)[]; driverData: unknown }>({
  dataType: () => "integer[]",
  toDriver: (values) => `{${values.map((value) => value ?? "NULL").join(",")}}`,
  fromDriver: (stored) => Array.from(stored as number[], (value) => (Number.isInteger(value) ? value : null)),
});
