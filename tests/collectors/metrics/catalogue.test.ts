import { describe, expect, test } from "vitest";
import { APISERVER_FAMILIES } from "@/collectors/apiserver/catalogue";
import { ETCD_FAMILIES } from "@/collectors/metrics/catalogue";
import type { MetricFamily } from "@/collectors/metrics/family";
import { PageReader, toCatalogue } from "@/collectors/metrics/page-reader";
import { type RecordedPage, readRecordedPage } from "@/tests/support/recorded-pages";

const read = (families: readonly MetricFamily[], page: Uint8Array) => {
  const reader = new PageReader(toCatalogue(families));
  reader.push(page);
  return reader.finish();
};
const namesOf = (file: RecordedPage, families = ETCD_FAMILIES) =>
  new Set([...read(families, readRecordedPage(file)).series.values()].map(({ name }) => name));
const apiserver = (text: string) =>
  [...read(APISERVER_FAMILIES, Buffer.from(text)).series.values()].map(({ name, labels, value }) => ({
    name,
    labels,
    value,
  }));

/** What a member of any version tells. */
const EVERY_VERSION = [
  "grpc_server_started_total",
  "grpc_server_handled_total",
  "etcd_network_client_grpc_received_bytes_total",
  "etcd_network_client_grpc_sent_bytes_total",
  "etcd_server_client_requests_total",
  "etcd_mvcc_db_total_size_in_bytes",
  "etcd_mvcc_db_total_size_in_use_in_bytes",
  "etcd_mvcc_db_open_read_transactions",
  "etcd_server_quota_backend_bytes",
  "etcd_mvcc_put_total",
  "etcd_mvcc_delete_total",
  "etcd_mvcc_txn_total",
  "etcd_mvcc_range_total",
  "etcd_debugging_mvcc_total_put_size_in_bytes",
  "etcd_debugging_mvcc_watcher_total",
  "etcd_debugging_mvcc_slow_watcher_total",
  "etcd_debugging_mvcc_watch_stream_total",
  "etcd_debugging_mvcc_pending_events_total",
  "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds_bucket",
  "etcd_debugging_lease_granted_total",
  "etcd_debugging_lease_revoked_total",
  "etcd_debugging_server_lease_expired_total",
  "etcd_disk_wal_fsync_duration_seconds_bucket",
  "etcd_disk_backend_commit_duration_seconds_bucket",
  "etcd_disk_backend_defrag_duration_seconds_count",
  "etcd_disk_backend_snapshot_duration_seconds_count",
  "etcd_disk_defrag_inflight",
  "etcd_server_has_leader",
  "etcd_server_leader_changes_seen_total",
  "etcd_server_proposals_committed_total",
  "etcd_server_proposals_applied_total",
  "etcd_server_proposals_pending",
  "etcd_server_proposals_failed_total",
  "etcd_server_slow_apply_total",
  "etcd_server_slow_read_indexes_total",
  "etcd_server_read_indexes_failed_total",
  "etcd_server_heartbeat_send_failures_total",
  "etcd_server_version",
  "etcd_server_id",
  "os_fd_used",
  "os_fd_limit",
  "process_cpu_seconds_total",
  "process_resident_memory_bytes",
  "process_start_time_seconds",
  "go_goroutines",
  "go_gc_duration_seconds_count",
];

describe("etcd", () => {
  test.each([
    {
      file: "etcd-3.4-metrics",
      has: [],
      lacks: ["etcd_server_apply_duration_seconds_bucket", "etcd_debugging_mvcc_db_compaction_last"],
    },
    {
      file: "etcd-3.5-metrics",
      has: ["etcd_server_apply_duration_seconds_bucket"],
      lacks: ["etcd_server_range_duration_seconds_bucket"],
    },
    {
      file: "etcd-3.6-metrics",
      has: ["etcd_server_range_duration_seconds_bucket", "etcd_server_feature_enabled", "etcd_network_known_peers"],
      lacks: ["etcd_debugging_mvcc_range_total"],
    },
    { file: "etcd-metrics-k8s", has: ["etcd_server_apply_duration_seconds_bucket"], lacks: [] },
  ] as const)("$file tells all that every version does; what it does not tell is absent", ({ file, has, lacks }) => {
    const names = namesOf(file);
    expect(EVERY_VERSION.filter((name) => !names.has(name))).toEqual([]);
    expect(has.filter((name) => !names.has(name))).toEqual([]);
    expect(lacks.filter((name) => names.has(name))).toEqual([]);
  });

  test("an old name is called by the new one, and not counted twice where both are", () => {
    const only = readRecordedPage("etcd-3.4-metrics")
      .toString()
      .split("\n")
      .filter((line) => !line.startsWith("etcd_mvcc_put_total"));
    for (const page of [readRecordedPage("etcd-3.4-metrics"), Buffer.from(only.join("\n"))]) {
      expect(read(ETCD_FAMILIES, page).series.get("etcd_mvcc_put_total")?.value).toBe(1_000_000);
    }
  });

  test("calls that have never been made are left out, those that were are as on the page", () => {
    const { series } = read(ETCD_FAMILIES, readRecordedPage("etcd-metrics-k8s"));
    const handled = [...series.values()].filter(({ name }) => name === "grpc_server_handled_total");
    expect(handled.map(({ value }) => value).sort((a, b) => b - a)).toEqual([
      49_648, 23_656, 326, 74, 3, 2, 1, 1, 1, 1,
    ]);
    expect(handled.find(({ value }) => value === 49_648)?.labels).toEqual({
      grpc_service: "etcdserverpb.KV",
      grpc_method: "Txn",
      grpc_type: "unary",
      grpc_code: "OK",
    });
  });
});

describe("kube-apiserver", () => {
  test.each([
    ['apiserver_storage_objects{resource="deployments.apps"} 5', { group: "apps", resource: "deployments" }],
    ['etcd_object_counts{resource="pods"} 5', { group: "", resource: "pods" }],
    [
      'apiserver_resource_objects{group="cilium.io",resource="ciliumnodes"} 5',
      { group: "cilium.io", resource: "ciliumnodes" },
    ],
  ])("%s", (line, labels) => {
    expect(apiserver(line)).toEqual([{ name: "apiserver_resource_objects", labels, value: 5 }]);
  });

  test("etcd's calls by resource, as old and new versions write it", () => {
    expect(
      apiserver(
        'etcd_request_duration_seconds_count{operation="get",type="*core.Pod"} 1\netcd_request_duration_seconds_count{operation="list",type="leases.coordination.k8s.io"} 2',
      ),
    ).toEqual([
      {
        name: "etcd_request_duration_seconds_count",
        labels: { operation: "get", group: "", resource: "*core.Pod" },
        value: 1,
      },
      {
        name: "etcd_request_duration_seconds_count",
        labels: { operation: "list", group: "coordination.k8s.io", resource: "leases" },
        value: 2,
      },
    ]);
  });

  test("the size of the database under its three names; -1 stands for not known", () => {
    expect(apiserver('apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 9')[0]?.labels).toEqual({
      storage_cluster_id: "etcd-0",
      endpoint: "",
    });
    expect(apiserver('apiserver_storage_db_total_size_in_bytes{endpoint="https://e:2379"} 9')).toMatchObject([
      { name: "apiserver_storage_size_bytes", value: 9 },
    ]);
    expect(apiserver('etcd_db_total_size_in_bytes{endpoint="https://e:2379"} 9')).toMatchObject([
      { name: "apiserver_storage_size_bytes", value: 9 },
    ]);
    expect(apiserver('apiserver_resource_size_estimate_bytes{group="",resource="pods"} -1')).toEqual([]);
  });

  test("labels of other builds are added up; older spellings are read", () => {
    const line = (client: string) =>
      `apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="namespace",subresource="",system_client="${client}",verb="GET",version="v1"} 2`;
    expect(apiserver(`${line("")}\n${line("kube-scheduler")}`)).toMatchObject([{ value: 4 }]);
    expect(
      apiserver(
        'apiserver_flowcontrol_rejected_requests_total{flowSchema="a",priorityLevel="b",reason="queue-full"} 1',
      )[0]?.labels,
    ).toEqual({ priority_level: "b", flow_schema: "a", reason: "queue-full" });
  });

  test("the recorded page tells of requests, etcd, objects, lists, watches and flow control", () => {
    const names = namesOf("apiserver-metrics-later", APISERVER_FAMILIES);
    const wanted = [
      "apiserver_request_total",
      "apiserver_request_duration_seconds_bucket",
      "etcd_request_duration_seconds_bucket",
      "etcd_requests_total",
      "apiserver_resource_objects",
      "apiserver_resource_size_estimate_bytes",
      "apiserver_storage_size_bytes",
      "apiserver_storage_list_total",
      "apiserver_cache_list_total",
      "apiserver_longrunning_requests",
      "apiserver_flowcontrol_dispatched_requests_total",
      "apiserver_flowcontrol_current_executing_seats",
      "apiserver_response_sizes_sum",
      "apiserver_watch_events_total",
      "process_start_time_seconds",
    ];
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });
});
