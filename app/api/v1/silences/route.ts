import { respond } from "@/app/api/respond";
import { webDb } from "@/lib/db/web-db";
import { listSilences } from "@/lib/queries/silences";

/** The silences of all clusters that hold. */
export function GET(request: Request): Promise<Response> {
  return respond(request, () => listSilences(webDb(), null, Date.now()));
}
