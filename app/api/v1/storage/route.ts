import { parseBody, respond } from "@/app/api/respond";
import { StoragePatch } from "@/lib/api/storage";
import { webDb } from "@/lib/db/web-db";
import { changeRetention, readStorage } from "@/lib/queries/storage";

/** What measurements take on disk, and how long they are kept. */
export function GET(request: Request): Promise<Response> {
  return respond(request, () => readStorage(webDb()));
}

/** Sets how long levels are kept; answers what GET answers. */
export function PATCH(request: Request): Promise<Response> {
  return respond(request, async () => {
    await changeRetention(webDb(), await parseBody(request, StoragePatch));
    return readStorage(webDb());
  });
}
