import * as z from "zod";
import { ExportFormat, type Operations, STORED } from "@/app/api/openapi-operation";
import { ClientsAnswer, ClientsParams, PrefixClientsAnswer, PrefixClientsParams } from "@/lib/api/clients";
import { RangeParams } from "@/lib/api/common";
import { ConnectionsAnswer, LeasesAnswer, LeasesParams } from "@/lib/api/leases";
import {
  ConnectionsReport,
  CreatedToken,
  IngestAnswer,
  SourceInput,
  SourceRow,
  SourcesAnswer,
  TokenInput,
  TokensAnswer,
} from "@/lib/api/sources";
import {
  LogSignalsAnswer,
  TrafficAnswer,
  TrafficParams,
  TrafficSeriesAnswer,
  TrafficSeriesParams,
} from "@/lib/api/traffic";

const CHANGED = ["403", "404", "409", "415", "503"] as const;
const INGESTED = ["401", "403", "404", "409", "413", "415", "429", "503"] as const;
const LINES = ["application/json", "application/x-ndjson"] as const;
const GZIP = "The body may be compressed with gzip. What was answered with 200 is kept, whatever happens after.";

const SOURCES = [
  "Sources: `audit` counts each event that came (exact); `apiserver` and `metrics` are read at intervals (sampled);",
  "`etcd-log` is a sample, scaled to the totals of `metrics` where that is possible (estimated, with its factor).",
  "The apiserver's methods are told as audit tells them: POST is create, PUT is update, server-side apply (APPLY) is patch.",
  "What authentication or authorization refuses (most 401 and 403) the apiserver's metrics do not count; audit does.",
  "Of `metrics`, verbs are gRPC methods; puts and deletes by prefix come from the keyspace, those within transactions",
  "included (exact). The range is widened to whole minutes, or to what is kept; `range` says which.",
].join(" ");

/** Everything about who does what: traffic, clients, leases, connections, and where it is told from. */
export const TRAFFIC_OPERATIONS: Operations = {
  "/api/v1/clusters/{cluster}/traffic": {
    get: {
      ...{ summary: "Requests by verb, resource and the like", description: SOURCES, tag: "traffic" },
      ...{ query: TrafficParams.extend(ExportFormat.shape), answer: TrafficAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/traffic/series": {
    get: {
      ...{ summary: "Requests over time, by one dimension", description: SOURCES, tag: "traffic" },
      ...{ query: TrafficSeriesParams.extend(ExportFormat.shape), answer: TrafficSeriesAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/clients": {
    get: {
      ...{ summary: "Who calls, how much, and what stands out", tag: "traffic" },
      ...{ query: ClientsParams.extend(ExportFormat.shape), answer: ClientsAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/prefixes/clients": {
    get: {
      ...{ summary: "Who writes a prefix and who reads it", tag: "traffic" },
      ...{ query: PrefixClientsParams.extend(ExportFormat.shape), answer: PrefixClientsAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/log-signals": {
    get: {
      ...{ summary: "What etcd's log complained about, by kind", tag: "traffic" },
      ...{ query: RangeParams.extend(ExportFormat.shape), answer: LogSignalsAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/leases": {
    get: {
      ...{ summary: "What is known of the leases", tag: "leases", query: LeasesParams.extend(ExportFormat.shape) },
      ...{ answer: LeasesAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/members/connections": {
    get: {
      ...{ summary: "Connections to each member by client address", tag: "members" },
      ...{ query: RangeParams.extend(ExportFormat.shape), answer: ConnectionsAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/sources": {
    get: {
      summary: "Where it is told from, and how that goes",
      tag: "sources",
      answer: SourcesAnswer,
      problems: STORED,
    },
  },
  "/api/v1/clusters/{cluster}/sources/{source}": {
    patch: {
      ...{ summary: "Set a source", tag: "sources", body: SourceInput, answer: SourceRow, problems: CHANGED },
    },
  },
  "/api/v1/clusters/{cluster}/tokens": {
    get: { summary: "Who may send events", tag: "sources", answer: TokensAnswer, problems: STORED },
    post: {
      ...{ summary: "Make an ingest token; its secret is answered once", tag: "sources", body: TokenInput },
      ...{ answer: CreatedToken, status: "201", problems: CHANGED },
    },
  },
  "/api/v1/clusters/{cluster}/tokens/{token}": {
    delete: { summary: "Revoke an ingest token", tag: "sources", status: "204", problems: CHANGED },
  },
  "/api/v1/ingest/{cluster}/audit": {
    post: {
      ...{ summary: "Send audit events of Kubernetes", tag: "ingest", security: "ingestToken", bodyTypes: LINES },
      description: `An EventList of audit.k8s.io/v1, as the audit webhook backend sends it, single events, or a line each. ${GZIP}`,
      ...{ body: z.unknown(), answer: IngestAnswer, problems: INGESTED },
    },
  },
  "/api/v1/ingest/{cluster}/etcd-log": {
    post: {
      ...{ summary: "Send lines of etcd's log", tag: "ingest", security: "ingestToken", bodyTypes: LINES },
      description: `Lines as etcd 3.4 and later write them with --logger=zap, one a line. ${GZIP}`,
      ...{ body: z.unknown(), answer: IngestAnswer, problems: INGESTED },
    },
  },
  "/api/v1/ingest/{cluster}/connections": {
    post: {
      ...{ summary: "Report the connections to a member", tag: "ingest", security: "ingestToken" },
      ...{ body: ConnectionsReport, answer: IngestAnswer, problems: INGESTED },
    },
  },
};
