/** What a known bug touches: only `latency` and `watches` can make a cluster slow. */
export type KnownBugConcern = "latency" | "watches" | "data" | "security" | "figures" | "support";

/** A bug that a version of etcd is known to have. */
export interface KnownBug {
  problem: string;
  /** The first release of the version's own line without it; null: none, or none is known for the line. */
  fixedIn: string | null;
  source: string;
  sourceUrl: string | null;
  /** `critical`: data may be lost, differ, or be seen by others. */
  severity: "critical" | "warning" | "info";
  concern: KnownBugConcern;
}

/**
 * The bugs that this version of etcd is known to have, the gravest first. Understands `3.5.30`, `v3.6.0-rc.5` and what
 * distributions add behind (`3.4.23+ds1`); of any other text nothing is known, and the list is empty.
 */
export function listKnownBugs(version: string): KnownBug[] {
  const parsed = parseEtcdVersion(version);
  if (parsed === null) return [];
  const found = BUGS.flatMap(({ ranges, ...bug }) => {
    const range = ranges.find(({ from, before }) => isWithin(parsed, from, before));
    return range === undefined ? [] : [{ ...bug, fixedIn: range.before.patch === END ? null : words(range.before) }];
  });
  return found.sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
}

/** A version, with what makes it come before its release: `rc.5` of `3.6.0-rc.5`. */
export interface EtcdVersion {
  major: number;
  minor: number;
  patch: number;
  preRelease: readonly (string | number)[] | null;
}

const VERSION = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,6})(?:-([0-9A-Za-z.-]{1,40}))?(?:[+~][0-9A-Za-z.~+-]{0,60})?$/;

/** Reads a version; null when the text is none. */
export function parseEtcdVersion(text: string): EtcdVersion | null {
  const match = text.length > 120 ? null : VERSION.exec(text.trim());
  if (match === null) return null;
  const [, major, minor, patch, suffix] = match;
  const preRelease =
    suffix === undefined || !/^(alpha|beta|rc|pre)/i.test(suffix)
      ? null
      : suffix.split(".").map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : part));
  return { major: Number(major), minor: Number(minor), patch: Number(patch), preRelease };
}

/** Below 0: `a` is older; above 0: newer. A pre-release is older than its release. */
export function compareEtcdVersions(a: EtcdVersion, b: EtcdVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePreReleases(a.preRelease, b.preRelease);
}

function comparePreReleases(a: EtcdVersion["preRelease"], b: EtcdVersion["preRelease"]): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (left === right) continue;
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (typeof left === "number" && typeof right === "number") return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}

/** From, inclusive, up to before, exclusive. */
interface BadRange {
  from: EtcdVersion;
  before: EtcdVersion;
}

interface Bug extends Omit<KnownBug, "fixedIn"> {
  ranges: readonly BadRange[];
}

/** No release of the line is without it. */
const END = 999_999;
const GRAVITY = { critical: 0, warning: 1, info: 2 } as const;
const PULLS = "https://github.com/etcd-io/etcd/pull";

/** All of a line before the release that mended it; a line that is not named is not known to be hit. */
function before(text: string): BadRange {
  const end = parseEtcdVersion(text) as EtcdVersion;
  return { from: { ...end, patch: 0, preRelease: ["alpha"] }, before: end };
}

function between(first: string, fixed: string): BadRange {
  return { from: parseEtcdVersion(first) as EtcdVersion, before: parseEtcdVersion(fixed) as EtcdVersion };
}

/** Every version from the first on that is older. */
function allBefore(text: string): BadRange {
  return {
    from: { major: 3, minor: 0, patch: 0, preRelease: ["alpha"] },
    before: parseEtcdVersion(text) as EtcdVersion,
  };
}

function wholeLine(minor: number): BadRange {
  const line = { major: 3, minor, preRelease: null };
  return { from: { ...line, patch: 0, preRelease: ["alpha"] }, before: { ...line, patch: END } };
}

function pull(number: number) {
  return { source: `etcd PR #${number}`, sourceUrl: `${PULLS}/${number}` };
}

const ARTICLE = { source: "Tencent TKE article", sourceUrl: null } as const;
const CRITICAL_DATA = { severity: "critical", concern: "data" } as const;
const CRASH = { severity: "warning", concern: "data" } as const;

/** From etcd's CHANGELOGs of 3.4 to 3.7 and what operators wrote (rules.md, L31). */
const BUGS: readonly Bug[] = [
  {
    problem: "Followers keep leases that are gone, and their memory grows",
    ...ARTICLE,
    severity: "warning",
    concern: "latency",
    ranges: [before("3.4.6")],
  },
  {
    problem: "The store can lock itself up (mvcc deadlock), and the member answers nothing",
    ...ARTICLE,
    severity: "critical",
    concern: "latency",
    ranges: [before("3.3.21"), before("3.4.8")],
  },
  {
    problem: "Members can differ in users and leases, and a member can panic over a checksum of its log",
    ...ARTICLE,
    ...CRITICAL_DATA,
    ranges: [before("3.3.22"), before("3.4.9")],
  },
  {
    problem: "A member that crashes under load can come back with other data than the rest",
    ...pull(13908),
    ...CRITICAL_DATA,
    ranges: [between("3.5.0", "3.5.3")],
  },
  {
    problem: "A crash during a defragmentation can leave a member at another revision than the rest",
    ...pull(14733),
    ...CRITICAL_DATA,
    ranges: [before("3.5.6")],
  },
  {
    problem: "Heavy reads starve watches over TLS where HTTP and gRPC share a port",
    source: "etcd issue #15402",
    sourceUrl: "https://github.com/etcd-io/etcd/issues/15402",
    severity: "warning",
    concern: "watches",
    ranges: [before("3.5.10")], // 3.5.8 only brought --listen-client-http-urls, which has to be set
  },
  {
    problem: "A leader that has lost its place can revoke leases that are in use",
    ...pull(17425),
    ...CRITICAL_DATA,
    ranges: [before("3.4.31"), before("3.5.13")],
  },
  {
    problem: "A watch can miss events around a compaction",
    ...pull(17612),
    severity: "warning",
    concern: "watches",
    ranges: [before("3.4.31"), before("3.5.13")],
  },
  {
    problem: "Renewing a lease can answer wrongly",
    ...pull(18439),
    ...CRASH,
    ranges: [before("3.4.34"), before("3.5.16")],
  },
  {
    problem: "Compaction does not pause between batches, so every round is a spike of latency",
    ...pull(19405),
    severity: "warning",
    concern: "latency",
    ranges: [between("3.5.16", "3.5.19")],
  },
  {
    problem: "A failing defragmentation makes the member panic",
    ...pull(18842),
    ...CRASH,
    ranges: [before("3.4.35"), before("3.5.17")],
  },
  {
    problem: "A watch that is opened at the compacted revision misses a delete",
    ...pull(19249),
    severity: "warning",
    concern: "watches",
    ranges: [before("3.4.36"), before("3.5.18")],
  },
  {
    problem: "Not every pause of a compaction is measured: what is shown of them is too little",
    ...pull(19771),
    severity: "info",
    concern: "figures",
    ranges: [before("3.5.22"), before("3.6.0-rc.5")],
  },
  {
    problem: "A defragmentation while a member takes in a snapshot can corrupt its data",
    ...pull(20653),
    ...CRITICAL_DATA,
    ranges: [before("3.4.38"), before("3.5.23"), before("3.6.5")],
  },
  {
    problem: "Status tells a wrong quota",
    ...pull(20790),
    severity: "info",
    concern: "figures",
    ranges: [between("3.6.0", "3.6.6")],
  },
  {
    problem: "With authentication, who may read one key can watch every key behind it",
    source: "GHSA-xg4h-6gfc-h4m8",
    sourceUrl: "https://github.com/etcd-io/etcd/security/advisories/GHSA-xg4h-6gfc-h4m8",
    severity: "critical",
    concern: "security",
    ranges: [before("3.7.1"), before("3.6.14"), allBefore("3.5.33")],
  },
  {
    problem: "The line 3.4 is no longer maintained: 3.4.45 of June 2026 was its last release",
    source: "etcd CHANGELOG-3.4",
    sourceUrl: "https://github.com/etcd-io/etcd/blob/main/CHANGELOG/CHANGELOG-3.4.md",
    severity: "warning",
    concern: "support",
    ranges: [wholeLine(4)],
  },
];

function isWithin(version: EtcdVersion, from: EtcdVersion, end: EtcdVersion): boolean {
  return compareEtcdVersions(version, from) >= 0 && compareEtcdVersions(version, end) < 0;
}

function words({ major, minor, patch, preRelease }: EtcdVersion): string {
  return `${major}.${minor}.${patch}${preRelease === null ? "" : `-${preRelease.join(".")}`}`;
}
