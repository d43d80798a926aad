import type { ConnectionsAnswer } from "@/lib/api/leases";
import type { MemberRow, MembersAnswer } from "@/lib/api/members";
import { formatCount } from "@/lib/model/units";

/** How the members are, in a sentence. */
export function membersSentence(members: readonly MemberRow[]): string {
  if (members.length === 0) return "No member has been listed yet";
  const silent = members.filter(({ failure }) => failure !== null);
  const leader = members.find(({ isLeader }) => isLeader);
  const who = members.length === 1 ? "One member" : `${members.length} members`;
  if (silent.length > 0) {
    const names = silent.map(nameOf).join(", ");
    return `${names} ${silent.length === 1 ? "does" : "do"} not answer, of ${who.toLowerCase()}`;
  }
  if (leader === undefined) return `${who}, and no leader: the cluster takes no writes`;
  if (members.length === 1) return `${nameOf(leader)} is the only member`;
  return `${who}, all answer; ${nameOf(leader)} leads`;
}

/** What stands out beside it: loads that are uneven, clocks that are apart; else where the figures come from. */
export function membersLede({ compared }: MembersAnswer): string {
  const skew = compared?.clockSkew;
  const found = [...(compared?.imbalances ?? []), ...(skew?.isWarning ? [skew.text] : [])];
  if (found.length > 0) return found.join(" ");
  const clocks = skew ? ` ${skew.text}` : "";
  return `Members are asked for their status every ten seconds; latencies and rates are those of the chosen time.${clocks}`;
}

function nameOf({ name, memberId }: MemberRow): string {
  return name === "" ? memberId : name;
}

/** One line of the table of connections: a client address at a member. */
export interface ConnectionRow {
  reporter: string;
  address: string | null;
  resolvedName: string | null;
  connections: number;
  /** Of all connections of that member. */
  share: number;
}

/** Every client address at every member; those that were not kept apart are one line a member. */
export function connectionRows({ items }: ConnectionsAnswer): ConnectionRow[] {
  return items.flatMap(({ reporter, connections, otherConnections, clients }) => {
    const share = (part: number) => (connections === 0 ? 0 : part / connections);
    const rows: ConnectionRow[] = clients.map((client) => ({ reporter, ...client, share: share(client.connections) }));
    if (otherConnections === 0) return rows;
    const other = { reporter, address: null, resolvedName: null, connections: otherConnections };
    return [...rows, { ...other, share: share(otherConnections) }];
  });
}

/** "2.4 times the mean", where one member stands out. */
export function againstMeanWords(againstMean: number | null): string {
  if (againstMean === null) return "the only member that reports";
  if (againstMean > 0.9 && againstMean < 1.1) return "as many as the mean";
  return `${againstMean.toFixed(1)} times the mean`;
}

/** "1 connection". */
export function connectionsWords(connections: number): string {
  return `${formatCount(connections)} ${connections === 1 ? "connection" : "connections"}`;
}
