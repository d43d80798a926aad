import type * as z from "zod";
import { problemResponse } from "@/app/api/problem-response";
import { INTERNAL_PROBLEM, toProblem } from "@/app/api/problems";
import { findChangeFault, findHostFault } from "@/app/api/request-guard";
import { log } from "@/lib/log";
import { ParameterError } from "@/lib/queries/errors";

const MAX_BODY_CHARACTERS = 500_000;

/**
 * Runs a handler and sends what it answers: a `Response` as it is, anything else as JSON. The one place that turns an
 * error into a status and a problem document.
 */
export async function respond(request: Request, answer: () => Promise<unknown>): Promise<Response> {
  const fault = findHostFault(request.headers) ?? findChangeFault(request.method, request.headers);
  if (fault) return problemResponse(fault);
  try {
    const answered = await answer();
    return answered instanceof Response
      ? answered
      : Response.json(answered, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    const problem = toProblem(error);
    const path = new URL(request.url).pathname;
    if (problem === null) log.error({ err: error, method: request.method, path }, "request failed");
    else if (problem.status >= 500) log.warn({ err: error, method: request.method, path }, problem.detail);
    return problemResponse(problem ?? INTERNAL_PROBLEM);
  }
}

/** The query string as `schema` has it; an empty value counts as not given. Throws a `ParameterError`. */
export function parseQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const given = [...new URL(request.url).searchParams].filter(([, value]) => value !== "");
  return parse(Object.fromEntries(given), schema);
}

/** The JSON body as `schema` has it. Throws a `ParameterError`. */
export async function parseBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const text = await request.text();
  if (text.length > MAX_BODY_CHARACTERS)
    throw new ParameterError("body", `longer than ${MAX_BODY_CHARACTERS} characters`);
  try {
    return parse(JSON.parse(text), schema);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ParameterError("body", "not JSON");
    throw error;
  }
}

function parse<Schema extends z.ZodType>(given: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  throw new ParameterError(unknown ?? (issue?.path.join(".") || "body"), issue?.message ?? "not valid");
}
