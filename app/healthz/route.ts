import { respond } from "@/app/api/respond";

export const dynamic = "force-dynamic";

/** 200 while this process lives; asks nothing of anyone. */
export function GET(request: Request): Promise<Response> {
  return respond(request, async () => ({ status: "ok" }));
}
