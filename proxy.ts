import { type NextRequest, NextResponse } from "next/server";
import { problemResponse } from "@/app/api/problem-response";
import { findHostFault } from "@/app/api/request-guard";

/** Ingest endpoints check the same themselves: passing through here would hold their bodies in memory, and cut large ones. */
export const config = { matcher: "/((?!api/v1/ingest/).*)" };

/** Every other request passes here first: only those addressed to this machine by its own name go on. */
export function proxy(request: NextRequest): Response {
  const fault = findHostFault(request.headers);
  return fault ? problemResponse(fault) : NextResponse.next();
}
