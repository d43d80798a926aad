import { openApiDocument } from "@/app/api/openapi";
import { respond } from "@/app/api/respond";

export const dynamic = "force-dynamic";

/** The API described, from the schemas that check it. */
export function GET(request: Request): Promise<Response> {
  return respond(request, async () => openApiDocument());
}
