import { cleanText } from "@/lib/model/clean-text";

/** How a member was configured, as the line it logged at its start tells. */
export interface MemberConfig {
  /** The name it was given. */
  member: string;
  startedAtMs: number;
  /** By etcd's own names, as text: `heartbeat-interval` → `100ms`. */
  settings: ReadonlyMap<string, string>;
}

const MAX_TEXT_CHARACTERS = 100;

/** What is kept of the line; none of it is a secret, an address or a path. */
export const CONFIG_SETTINGS = [
  ...["etcd-version", "max-cpu-set", "member-initialized", "force-new-cluster"],
  ...["heartbeat-interval", "election-timeout", "initial-election-tick-advance", "pre-vote"],
  ...["snapshot-count", "snapshot-catchup-entries", "max-snapshots", "max-wals", "max-learners"],
  ...["quota-backend-bytes", "max-request-bytes", "max-concurrent-streams"],
  ...["auto-compaction-mode", "auto-compaction-retention", "auto-compaction-interval"],
  ...["initial-corrupt-check", "corrupt-check-time-interval"],
  ...["compact-check-time-enabled", "compact-check-time-interval", "feature-gates"],
] as const;

/** Is it the line with which etcd (3.4 and later) begins? */
export function isConfigMessage(message: string): boolean {
  return message === "starting an etcd server";
}

/** What such a line tells; null where it does not name its member. */
export function toMemberConfig(fields: Readonly<Record<string, unknown>>, startedAtMs: number): MemberConfig | null {
  const member = cleanText(fields.name, MAX_TEXT_CHARACTERS);
  if (member === null) return null;
  const settings = new Map<string, string>();
  for (const name of CONFIG_SETTINGS) {
    const text = Object.hasOwn(fields, name) ? toText(fields[name]) : null;
    if (text !== null) settings.set(name, text);
  }
  return settings.size === 0 ? null : { member, startedAtMs, settings };
}

function toText(value: unknown): string | null {
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return String(value);
  return cleanText(value, MAX_TEXT_CHARACTERS);
}

/** Configurations as one text, for a batch. */
export function packConfigs(configs: readonly MemberConfig[]): string {
  return JSON.stringify(configs.map(({ member, startedAtMs, settings }) => [member, startedAtMs, ...settings]));
}

/** What `packConfigs` made. Throws on anything else. */
export function unpackConfigs(text: string): MemberConfig[] {
  const packed: unknown = JSON.parse(text);
  if (!Array.isArray(packed)) throw new Error("packed configurations are no list");
  return packed.map((one: unknown) => {
    const [member, startedAtMs, ...settings] = Array.isArray(one) ? one : [];
    if (typeof member !== "string" || !Number.isSafeInteger(startedAtMs) || !settings.every(isPair)) {
      throw new Error("a packed configuration is damaged");
    }
    return { member, startedAtMs, settings: new Map(settings) };
  });
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === "string");
}
