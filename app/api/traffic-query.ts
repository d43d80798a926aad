import type * as z from "zod";
import { parseQuery } from "@/app/api/respond";

/** The query string as `schema` has it; `namespace=` is a filter here: what has no namespace. Throws a `ParameterError`. */
export function parseTrafficQuery<Schema extends z.ZodType<{ namespace?: string | undefined }>>(
  request: Request,
  schema: Schema,
): z.output<Schema> {
  const params = parseQuery(request, schema);
  return new URL(request.url).searchParams.get("namespace") === "" ? { ...params, namespace: "" } : params;
}
