import { cache } from "react";
import { webDb } from "@/lib/db/web-db";
import { listClusters } from "@/lib/queries/clusters";

/** The fleet for a first paint; layout and page of one request ask Postgres once. */
export const seedFleet = cache(() => listClusters(webDb(), Date.now()));
