import { toGroupResource, toNewLabels } from "@/collectors/apiserver/resource-labels";
import { alsoNamed, counterFamily, gaugeFamily, histogramFamily, type MetricFamily } from "@/collectors/metrics/family";
import { PROCESS_FAMILIES } from "@/collectors/metrics/process-families";

const RESOURCE = ["group", "resource"];
const REQUEST = ["verb", ...RESOURCE, "scope"];
const FLOW = ["priority_level", "flow_schema"];
const byResource = { labels: RESOURCE, toLabels: toGroupResource };
const byFlow = { labels: FLOW, toLabels: toNewLabels };

/** What is asked of the apiserver, and what it answers. */
const REQUESTS: readonly MetricFamily[] = [
  counterFamily("apiserver_request_total", { labels: [...REQUEST, "subresource", "code"] }),
  histogramFamily("apiserver_request_duration_seconds", { labels: [...REQUEST, "subresource"] }),
  histogramFamily("apiserver_response_sizes", { labels: [...REQUEST, "subresource"], hasBuckets: false }),
  gaugeFamily("apiserver_longrunning_requests", { labels: REQUEST, ...alsoNamed("apiserver_longrunning_gauge") }),
  gaugeFamily("apiserver_current_inflight_requests", { labels: ["request_kind"], toLabels: toNewLabels }),
  gaugeFamily("apiserver_current_inqueue_requests", { labels: ["request_kind"], toLabels: toNewLabels }),
  counterFamily("apiserver_dropped_requests_total", { labels: ["request_kind"], toLabels: toNewLabels }),
  counterFamily("apiserver_request_terminations_total", { labels: ["verb", ...RESOURCE, "code"] }),
  counterFamily("apiserver_request_aborts_total", { labels: ["verb", ...RESOURCE] }),
  counterFamily("apiserver_tls_handshake_errors_total"),
  histogramFamily("apiserver_request_body_size_bytes", { labels: ["verb", ...RESOURCE], hasBuckets: false }),
  histogramFamily("apiserver_admission_webhook_admission_duration_seconds", { labels: ["name", "type", "operation"] }),
];

/** Lists and watches, from etcd or from the watch cache. */
const LISTS: readonly MetricFamily[] = [
  counterFamily("apiserver_storage_list_total", byResource),
  counterFamily("apiserver_storage_list_fetched_objects_total", byResource),
  counterFamily("apiserver_storage_list_evaluated_objects_total", byResource),
  counterFamily("apiserver_storage_list_returned_objects_total", byResource),
  counterFamily("apiserver_cache_list_total", byResource),
  counterFamily("apiserver_cache_list_fetched_objects_total", byResource),
  counterFamily("apiserver_cache_list_returned_objects_total", byResource),
  counterFamily("apiserver_watch_cache_consistent_read_total", {
    labels: [...RESOURCE, "success", "fallback"],
    toLabels: toGroupResource,
  }),
  counterFamily("apiserver_watch_events_total", { labels: [...RESOURCE, "kind"] }),
  histogramFamily("apiserver_watch_events_sizes", { labels: [...RESOURCE, "kind"], hasBuckets: false }),
  histogramFamily("apiserver_watch_list_duration_seconds", { labels: [...RESOURCE, "scope"], hasBuckets: false }),
  counterFamily("apiserver_init_events_total", byResource),
  counterFamily("apiserver_terminated_watchers_total", byResource),
  counterFamily("apiserver_watch_cache_initializations_total", byResource),
];

/** What the apiserver sees of etcd. */
const STORAGE: readonly MetricFamily[] = [
  histogramFamily("etcd_request_duration_seconds", {
    labels: ["operation", ...RESOURCE],
    toLabels: toGroupResource,
  }),
  counterFamily("etcd_requests_total", { labels: ["operation", ...RESOURCE], toLabels: toGroupResource }),
  counterFamily("etcd_request_errors_total", { labels: ["operation", ...RESOURCE], toLabels: toGroupResource }),
  gaugeFamily("apiserver_resource_objects", {
    ...byResource,
    ...alsoNamed("apiserver_storage_objects", "etcd_object_counts"),
    unknown: -1,
  }),
  gaugeFamily("apiserver_resource_size_estimate_bytes", { ...byResource, unknown: -1 }),
  gaugeFamily("apiserver_storage_size_bytes", {
    labels: ["storage_cluster_id", "endpoint"],
    ...alsoNamed("apiserver_storage_db_total_size_in_bytes", "etcd_db_total_size_in_bytes"),
    unknown: -1,
  }),
  histogramFamily("etcd_lease_object_counts", { hasBuckets: false }),
  counterFamily("etcd_bookmark_total", byResource),
];

/** API Priority and Fairness. */
const FLOW_CONTROL: readonly MetricFamily[] = [
  counterFamily("apiserver_flowcontrol_dispatched_requests_total", byFlow),
  counterFamily("apiserver_flowcontrol_rejected_requests_total", { ...byFlow, labels: [...FLOW, "reason"] }),
  gaugeFamily("apiserver_flowcontrol_current_inqueue_requests", byFlow),
  gaugeFamily("apiserver_flowcontrol_current_inqueue_seats", byFlow),
  gaugeFamily("apiserver_flowcontrol_current_executing_requests", byFlow),
  gaugeFamily("apiserver_flowcontrol_current_executing_seats", {
    ...byFlow,
    ...alsoNamed("apiserver_flowcontrol_request_concurrency_in_use"),
  }),
  gaugeFamily("apiserver_flowcontrol_nominal_limit_seats", {
    ...byFlow,
    ...alsoNamed("apiserver_flowcontrol_request_concurrency_limit"),
  }),
  gaugeFamily("apiserver_flowcontrol_current_limit_seats", byFlow),
  histogramFamily("apiserver_flowcontrol_request_wait_duration_seconds", { ...byFlow, labels: [...FLOW, "execute"] }),
  histogramFamily("apiserver_flowcontrol_request_execution_seconds", { ...byFlow, hasBuckets: false }),
  histogramFamily("apiserver_flowcontrol_work_estimated_seats", { ...byFlow, hasBuckets: false }),
];

/** What is kept of a kube-apiserver's page; the same names for all versions. */
export const APISERVER_FAMILIES: readonly MetricFamily[] = [
  ...REQUESTS,
  ...LISTS,
  ...STORAGE,
  ...FLOW_CONTROL,
  gaugeFamily("kubernetes_build_info", { labels: ["git_version"], toLabels: toNewLabels }),
  ...PROCESS_FAMILIES,
];
