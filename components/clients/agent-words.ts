import { cutText } from "@/components/traffic/traffic-words";

/** Beyond so many characters a name is cut; the whole stands on hover. */
const LONGEST_NAME = 60;

/**
 * A user agent as people call it: the program, its version where that is short, and the controller behind it.
 * `kube-controller-manager/v1.36.2 (linux/amd64) kubernetes/abc/leader-election` is `kube-controller-manager leader-election`.
 * Whatever is no agent of that form stays as it is, cut.
 */
export function shortAgent(agent: string): string {
  const form = /^([^\s/()]+)(?:\/(\S+))?(?:\s+\([^)]*\))?(?:\s+(?:kubernetes|[\w.-]+)\/([^/\s]*)(?:\/(\S+))?)?/.exec(
    agent,
  );
  const [, program, version, , part] = form ?? [];
  if (program === undefined) return cutText(agent, LONGEST_NAME);
  if (part !== undefined) return cutText(`${program} ${lastPart(part)}`, LONGEST_NAME);
  return cutText(isShortVersion(version) ? `${program} ${version}` : program, LONGEST_NAME);
}

/** `system:serviceaccount:kube-system:job-controller` is the controller it names. */
function lastPart(part: string): string {
  return part.startsWith("system:serviceaccount:") ? (part.split(":")[3] ?? part) : part;
}

function isShortVersion(version: string | undefined): version is string {
  return version !== undefined && /^v?\d[\w.+-]{0,14}$/.test(version) && version !== "v0.0.0";
}

/** A user as people call it: a service account as `namespace/name`, a node by its name. */
export function shortUser(user: string): { kind: string | null; name: string } {
  const account = /^system:serviceaccount:([^:]+):(.+)$/s.exec(user);
  if (account !== null) return { kind: null, name: cutText(`${account[1]}/${account[2]}`, LONGEST_NAME) };
  const node = /^system:node:(.+)$/s.exec(user);
  if (node !== null) return { kind: "node", name: cutText(node[1] as string, LONGEST_NAME) };
  return { kind: null, name: cutText(user, LONGEST_NAME) };
}

/** What names a client in a sentence: its agent, else its user, else its address. */
export function clientName(client: {
  userAgent: string | null;
  user: string | null;
  sourceAddress: string | null;
}): string | null {
  if (client.userAgent !== null && client.userAgent !== "") return shortAgent(client.userAgent);
  if (client.user !== null && client.user !== "") return shortUser(client.user).name;
  return client.sourceAddress;
}
