import type { Problem } from "@/lib/api/common";

/** A problem as RFC 9457 sends it. */
export function problemResponse(problem: Problem): Response {
  return Response.json(problem, {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}
