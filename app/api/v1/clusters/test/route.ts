import { parseBody, respond } from "@/app/api/respond";
import * as cluster from "@/app/api/v1/clusters/[cluster]/route";
import { AccessInput } from "@/lib/api/clusters";
import { readWebConfig } from "@/lib/config";
import { webDb } from "@/lib/db/web-db";
import { testAccess } from "@/lib/queries/change-clusters";

/** Tries to reach and read a cluster before it is registered. Nothing of the access is stored in the clear. */
export function POST(request: Request): Promise<Response> {
  return respond(request, async () => {
    const access = await parseBody(request, AccessInput);
    return testAccess(webDb(), access, readWebConfig().secretKey);
  });
}

// A cluster may be named "test"; this path must not hide it.
const route = { params: Promise.resolve({ cluster: "test" }) };
export const GET = (request: Request) => cluster.GET(request, route);
export const PATCH = (request: Request) => cluster.PATCH(request, route);
export const DELETE = (request: Request) => cluster.DELETE(request, route);
