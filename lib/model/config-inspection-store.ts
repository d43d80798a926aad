import {
  type ConfigFacts,
  type ConfigJudgement,
  type ConfigMember,
  type ConfigRow,
  NOT_LOGGED,
  valuesOf,
} from "@/lib/model/config-facts";
import { formatBytes, formatCount } from "@/lib/model/units";

const GIB = 1024 ** 3;
const DEFAULT_QUOTA_BYTES = 2 * GIB;
const LARGEST_QUOTA_BYTES = 8 * GIB;
const DEFAULT_REQUEST_BYTES = 1.5 * 1024 ** 2;
const LARGEST_SNAPSHOT_COUNT = 100_000;

/** How large the file may grow. Source: `etcd_server_quota_backend_bytes`, Status, or the start-up line. */
export function inspectQuota(facts: ConfigFacts): ConfigRow {
  const quotaOf = (member: ConfigMember) => member.quotaBytes ?? loggedCount(member, "quota-backend-bytes");
  const known = facts.members.map(quotaOf).filter((bytes): bytes is number => bytes !== null && bytes > 0);
  return {
    ...{ id: "quota", setting: "Space quota" },
    values: valuesOf(facts, (member) => bytesWords(quotaOf(member)), "Neither its metrics nor Status tell it."),
    ...judgeQuota(known),
    source: { name: "etcd, space quota", url: "https://etcd.io/docs/v3.6/op-guide/maintenance/#space-quota" },
  };
}

function judgeQuota(known: readonly number[]): ConfigJudgement {
  if (known.length === 0) return { verdict: "unknown", sentence: "No member tells its quota." };
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (least !== most) {
    const sentence = `Members differ, from ${formatBytes(least)} to ${formatBytes(most)}: the smallest one stops all writes.`;
    return { verdict: "warn", sentence };
  }
  if (most > LARGEST_QUOTA_BYTES) {
    return {
      verdict: "warn",
      sentence: "Above the 8 GiB that etcd suggests as the most: starts, snapshots and defragmentations take long.",
    };
  }
  const isDefault = most === DEFAULT_QUOTA_BYTES;
  const sentence = isDefault
    ? "etcd's default. Up to 8 GiB are suggested as the most."
    : "Within the 8 GiB that etcd suggests as the most.";
  return { verdict: "ok", sentence };
}

/** After how many entries a raft snapshot is made: as logged, else as counted. */
export function inspectSnapshotCount(facts: ConfigFacts): ConfigRow {
  const countOf = (member: ConfigMember) => loggedCount(member, "snapshot-count") ?? member.entriesPerSnapshot;
  const known = facts.members.map(countOf).filter((count) => count !== null);
  const words = (member: ConfigMember) => {
    const logged = loggedCount(member, "snapshot-count");
    if (logged !== null) return `${formatCount(logged)} entries`;
    const { entriesPerSnapshot } = member;
    return entriesPerSnapshot === null ? null : `about ${formatCount(entriesPerSnapshot)} entries, as counted`;
  };
  return {
    ...{ id: "snapshot-count", setting: "Snapshot after" },
    values: valuesOf(facts, words, `${NOT_LOGGED} Too few snapshots were made to count it.`),
    ...judgeSnapshotCount(known),
    source: { name: "etcd, snapshot tuning", url: "https://etcd.io/docs/v3.6/tuning/#snapshot-tuning" },
  };
}

function judgeSnapshotCount(known: readonly number[]): ConfigJudgement {
  if (known.length === 0) {
    return { verdict: "unknown", sentence: "Not told. The default is 100,000 entries, 10,000 since 3.6." };
  }
  if (Math.max(...known) > LARGEST_SNAPSHOT_COUNT * 1.5) {
    return { verdict: "warn", sentence: "Far above the default: a member keeps all these entries in memory." };
  }
  return { verdict: "ok", sentence: "No more than the default of 100,000 entries (10,000 since 3.6)." };
}

/** The largest request a member takes, as logged. */
export function inspectRequestSize(facts: ConfigFacts): ConfigRow {
  const known = facts.members
    .map((member) => loggedCount(member, "max-request-bytes"))
    .filter((bytes) => bytes !== null);
  const judgement: ConfigJudgement =
    known.length === 0
      ? { verdict: "unknown", sentence: "Not told. The default is 1.5 MiB." }
      : Math.max(...known) > DEFAULT_REQUEST_BYTES
        ? { verdict: "warn", sentence: "Above the default of 1.5 MiB: one large request holds up all others." }
        : { verdict: "ok", sentence: "No more than the default of 1.5 MiB." };
  return {
    ...{ id: "max-request-bytes", setting: "Largest request" },
    values: valuesOf(facts, (member) => bytesWords(loggedCount(member, "max-request-bytes")), NOT_LOGGED),
    ...judgement,
    source: { name: "etcd, limits", url: "https://etcd.io/docs/v3.6/dev-guide/limit/" },
  };
}

function bytesWords(bytes: number | null): string | null {
  if (bytes === null) return null;
  return bytes > 0 ? formatBytes(bytes) : "no limit";
}

function loggedCount({ logged }: ConfigMember, name: string): number | null {
  const text = logged?.get(name);
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}
