import { bigint, customType, timestamp } from "drizzle-orm/pg-core";

/** Raw bytes: keys and prefixes need not be UTF-8, and `text` refuses NUL. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/** An instant, UTC in the table. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A count or a size; beyond what `integer` holds. */
export const count = (name: string) => bigint(name, { mode: "number" });
