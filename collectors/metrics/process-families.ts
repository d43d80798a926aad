import { alsoNamed, counterFamily, gaugeFamily, histogramFamily, type MetricFamily } from "@/collectors/metrics/family";

/** What every Go process tells of itself, etcd and kube-apiserver alike. */
export const PROCESS_FAMILIES: readonly MetricFamily[] = [
  counterFamily("process_cpu_seconds_total"),
  gaugeFamily("process_resident_memory_bytes"),
  gaugeFamily("process_open_fds"),
  gaugeFamily("process_max_fds"),
  gaugeFamily("process_start_time_seconds"),
  counterFamily("process_network_receive_bytes_total"),
  counterFamily("process_network_transmit_bytes_total"),
  gaugeFamily("go_goroutines"),
  gaugeFamily("go_threads"),
  gaugeFamily("go_sched_gomaxprocs_threads"),
  gaugeFamily("go_memstats_heap_inuse_bytes"),
  gaugeFamily("go_memstats_heap_alloc_bytes", alsoNamed("go_memstats_alloc_bytes")),
  gaugeFamily("go_memstats_sys_bytes"),
  counterFamily("go_memstats_alloc_bytes_total"),
  histogramFamily("go_gc_duration_seconds", { hasBuckets: false }),
  gaugeFamily("go_info", { labels: ["version"] }),
];
