import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { CAPTURE_OPERATIONS } from "@/app/api/openapi-captures";
import { HEALTH_OPERATIONS } from "@/app/api/openapi-health";
import { MEMBER_OPERATIONS } from "@/app/api/openapi-members";
import {
  ASKED,
  ExportFormat,
  type Operation,
  type Operations,
  PATH_PARAMETERS,
  STORED,
} from "@/app/api/openapi-operation";
import { SPIKE_OPERATIONS } from "@/app/api/openapi-spikes";
import { TRAFFIC_OPERATIONS } from "@/app/api/openapi-traffic";
import { TRIAGE_OPERATIONS } from "@/app/api/openapi-triage";
import { WEBHOOK_OPERATIONS } from "@/app/api/openapi-webhooks";
import { ChurnAnswer, ChurnParams } from "@/lib/api/churn";
import {
  AccessInput,
  ClusterInput,
  ClusterPatch,
  ClusterSummary,
  ClustersAnswer,
  TestAnswer,
} from "@/lib/api/clusters";
import { Problem } from "@/lib/api/common";
import { CompareAnswer, CompareParams } from "@/lib/api/compare";
import { CostAnswer, CostParams } from "@/lib/api/cost";
import { HEATMAP_LAYOUT, HEATMAP_TYPE, HeatmapAnswer, HeatmapParams } from "@/lib/api/heatmap";
import { KeyAnswer, KeyParams, TopKeysAnswer, TopKeysParams } from "@/lib/api/keys";
import { LedgerAnswer } from "@/lib/api/ledger";
import { PatternsAnswer, PatternsParams } from "@/lib/api/patterns";
import {
  PrefixesAnswer,
  PrefixesParams,
  PrefixSearchAnswer,
  PrefixSearchParams,
  SeriesAnswer,
  SeriesParams,
} from "@/lib/api/prefixes";
import { StorageAnswer, StoragePatch } from "@/lib/api/storage";
import { TimelineAnswer, TimelineParams } from "@/lib/api/timeline";

/** Every endpoint once; `{cluster}` in a path makes the parameter. */
const OPERATIONS: Operations = {
  "/api/v1/clusters": {
    get: {
      summary: "The fleet, by risk",
      tag: "clusters",
      query: ExportFormat,
      answer: ClustersAnswer,
      problems: ["503"],
    },
    post: {
      ...{ summary: "Register a cluster", tag: "clusters", body: ClusterInput, answer: ClusterSummary },
      ...{ status: "201", problems: ["403", "409", "415", "503"] },
    },
  },
  "/api/v1/clusters/test": {
    post: {
      ...{ summary: "Try to reach a cluster before registering it", tag: "clusters", body: AccessInput },
      ...{ answer: TestAnswer, problems: ["403", "415", "502", "503"] },
    },
  },
  "/api/v1/clusters/{cluster}": {
    get: { summary: "One cluster", tag: "clusters", answer: ClusterSummary, problems: STORED },
    patch: {
      ...{ summary: "Rename, pause, resume or adjust a cluster", tag: "clusters", body: ClusterPatch },
      ...{ answer: ClusterSummary, problems: ["403", "404", "409", "415", "503"] },
    },
    delete: {
      ...{ summary: "Remove a cluster with its data", tag: "clusters", status: "204" },
      ...{ problems: ["403", "404", "409", "415", "503"] },
    },
  },
  "/api/v1/clusters/{cluster}/test": {
    post: {
      ...{ summary: "Try to reach a registered cluster", tag: "clusters", answer: TestAnswer },
      ...{ problems: ["403", "404", "409", "415", "502", "503"] },
    },
  },
  "/api/v1/clusters/{cluster}/prefixes": {
    get: {
      ...{ summary: "The children of a prefix", tag: "keyspace", query: PrefixesParams.extend(ExportFormat.shape) },
      ...{ answer: PrefixesAnswer, problems: ASKED },
    },
  },
  "/api/v1/clusters/{cluster}/prefixes/series": {
    get: {
      ...{ summary: "One prefix over time", tag: "keyspace", query: SeriesParams.extend(ExportFormat.shape) },
      ...{ answer: SeriesAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/prefixes/compare": {
    get: {
      ...{ summary: "The children of a prefix at two instants", tag: "keyspace" },
      ...{ query: CompareParams.extend(ExportFormat.shape), answer: CompareAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/ledger": {
    get: {
      ...{ summary: "What fills the file of each member", tag: "members", query: ExportFormat },
      ...{ answer: LedgerAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/prefixes/search": {
    get: {
      ...{
        summary: "Prefixes that contain a text",
        tag: "keyspace",
        query: PrefixSearchParams.extend(ExportFormat.shape),
      },
      ...{ answer: PrefixSearchAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/heatmap": {
    get: {
      ...{ summary: "Prefixes by time, as a matrix", tag: "keyspace", query: HeatmapParams, answer: HeatmapAnswer },
      ...{ binary: { type: HEATMAP_TYPE, description: HEATMAP_LAYOUT }, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/keys/top": {
    get: {
      ...{ summary: "The top keys", tag: "keyspace", query: TopKeysParams.extend(ExportFormat.shape) },
      ...{ answer: TopKeysAnswer, problems: ASKED },
    },
  },
  "/api/v1/clusters/{cluster}/keys/detail": {
    get: {
      ...{ summary: "One key as etcd has it now", tag: "keyspace", query: KeyParams.extend(ExportFormat.shape) },
      ...{ answer: KeyAnswer, problems: ASKED },
    },
  },
  "/api/v1/clusters/{cluster}/churn": {
    get: {
      ...{ summary: "Size against written bytes, prefix by prefix", tag: "keyspace" },
      ...{ query: ChurnParams.extend(ExportFormat.shape), answer: ChurnAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/patterns": {
    get: {
      ...{ summary: "What stands out in a range, in plain words", tag: "keyspace", query: PatternsParams },
      ...{ answer: PatternsAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/cost": {
    get: {
      ...{ summary: "What reading a cluster cost it", tag: "members", query: CostParams.extend(ExportFormat.shape) },
      ...{ answer: CostAnswer, problems: STORED },
    },
  },
  "/api/v1/clusters/{cluster}/timeline": {
    get: {
      ...{ summary: "What happened to a cluster", tag: "timeline", query: TimelineParams.extend(ExportFormat.shape) },
      ...{ answer: TimelineAnswer, problems: STORED },
    },
  },
  ...MEMBER_OPERATIONS,
  ...TRAFFIC_OPERATIONS,
  ...HEALTH_OPERATIONS,
  ...TRIAGE_OPERATIONS,
  ...SPIKE_OPERATIONS,
  ...CAPTURE_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  "/api/v1/storage": {
    get: { summary: "What measurements take on disk", tag: "storage", answer: StorageAnswer, problems: ["503"] },
    patch: {
      ...{ summary: "Set how long measurements are kept", tag: "storage", body: StoragePatch, answer: StorageAnswer },
      ...{ problems: ["403", "415", "503"] },
    },
  },
  "/healthz": {
    get: { summary: "200 while the web process lives", tag: "health", answer: status("ok"), problems: [] },
  },
  "/readyz": {
    get: {
      ...{ summary: "200 once web, Postgres and worker are up", tag: "health", answer: status("ready") },
      ...{ problems: ["503"] },
    },
  },
};

function status<Word extends string>(word: Word) {
  return z.object({ status: z.literal(word) });
}

/** The OpenAPI 3.1 document of everything this version answers. */
export function openApiDocument() {
  const paths: ZodOpenApiPathsObject = {};
  for (const [path, methods] of Object.entries(OPERATIONS)) {
    paths[path] = Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, toOperation(path, operation)]),
    );
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "etcdscope",
      version: "1", // of the API, as in its paths
      description: "What is in etcd, what is hot, and how that changes. Keys are bytes: see `key` and `keyBase64`.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      securitySchemes: {
        ingestToken: { type: "http", scheme: "bearer", description: "An ingest token of the cluster" },
      },
    },
  });
}

function toOperation(path: string, operation: Operation): ZodOpenApiOperationObject {
  const { summary, description, tag, query, body, answer, problems, security } = operation;
  const names = PATH_PARAMETERS.keyof().options.filter((name) => path.includes(`{${name}}`));
  const parameters = PATH_PARAMETERS.pick(Object.fromEntries(names.map((name) => [name, true])) as Record<never, true>);
  return {
    summary,
    ...(description && { description }),
    tags: [tag],
    ...(security && { security: [{ [security]: [] }] }),
    requestParams: { ...(names.length > 0 && { path: parameters }), ...(query && { query }) },
    ...(body && { requestBody: { required: true, content: toContents(operation, body) } }),
    responses: {
      [operation.status ?? "200"]: {
        description: summary,
        ...(answer && {
          content: { [operation.answerType ?? "application/json"]: { schema: answer }, ...toBinaryContent(operation) },
        }),
      },
      ...Object.fromEntries(["400", ...problems, "500"].map((code) => [code, PROBLEM_RESPONSE])),
    },
  };
}

function toContents({ bodyTypes = ["application/json"] }: Operation, schema: z.ZodType) {
  return Object.fromEntries(bodyTypes.map((type) => [type, { schema }]));
}

function toBinaryContent({ binary }: Operation) {
  if (binary === undefined) return {};
  return { [binary.type]: { schema: { type: "string" as const, format: "binary", description: binary.description } } };
}

const PROBLEM_RESPONSE = {
  description: "What is wrong and what to do (RFC 9457)",
  content: { "application/problem+json": { schema: Problem.meta({ id: "Problem" }) } },
};
