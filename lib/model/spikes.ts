/** What is watched for spikes. Latencies of members, rates of prefixes, clients and verbs. */
export const SPIKE_SIGNALS = {
  probeLinearizable: { label: "Linearizable read", unit: "milliseconds", subject: "member", isLatency: true },
  probeSerializable: { label: "Serializable read", unit: "milliseconds", subject: "member", isLatency: true },
  fsyncP99: { label: "WAL fsync p99", unit: "milliseconds", subject: "member", isLatency: true },
  commitP99: { label: "Backend commit p99", unit: "milliseconds", subject: "member", isLatency: true },
  peerRttP99: { label: "Peer round trip p99", unit: "milliseconds", subject: "member", isLatency: true },
  prefixWrites: { label: "Writes", unit: "perSecond", subject: "prefix", isLatency: false },
  prefixBytes: { label: "Written bytes", unit: "bytesPerSecond", subject: "prefix", isLatency: false },
  clientRequests: { label: "Requests", unit: "perSecond", subject: "client", isLatency: false },
  verbRequests: { label: "Requests", unit: "perSecond", subject: "verb", isLatency: false },
} as const;
export type SpikeSignal = keyof typeof SPIKE_SIGNALS;
export const SPIKE_SIGNAL_NAMES = Object.keys(SPIKE_SIGNALS) as SpikeSignal[];
