import { formatCount, formatPerSecond } from "@/lib/model/units";

/** A member and what it carries; null: not known. */
export interface MemberLoad {
  name: string;
  isLeader: boolean;
  requestsPerSecond: number | null;
  connections: number | null;
}

/** A member with more than twice the mean is named: rule L23 of our catalogue. */
const IMBALANCE_RATIO = 2;
/** Fewer are not unevenly spread, they are few. */
const MIN_REQUESTS_PER_SECOND = 10;
const MIN_CONNECTIONS = 10;
/** Of all requests: a leader with so much does everything. */
const ALL_RATIO = 0.9;

/** What is unevenly spread over the members, a sentence each with its numbers; none with fewer than two members. */
export function listImbalances(members: readonly MemberLoad[]): string[] {
  const requests = unevenOf(members, "requestsPerSecond", MIN_REQUESTS_PER_SECOND);
  const connections = unevenOf(members, "connections", MIN_CONNECTIONS);
  const sentences: string[] = [];
  if (requests !== null) sentences.push(requestsSentence(requests));
  if (connections !== null) {
    sentences.push(
      `${connections.most.name} holds ${formatCount(connections.value)} connections, ${times(connections)}: clients stay where they connected first, such as after a restart of another member.`,
    );
  }
  return sentences;
}

interface Uneven {
  most: MemberLoad;
  value: number;
  mean: number;
  share: number;
}

function requestsSentence(uneven: Uneven): string {
  const { most, value, share } = uneven;
  if (most.isLeader && share >= ALL_RATIO) {
    return `${most.name} leads and answers nearly all requests too, ${formatPerSecond(value)} a second: name every member as an endpoint of the clients.`;
  }
  const leads = most.isLeader ? ", and leads besides" : "";
  return `${most.name} answers ${formatPerSecond(value)} requests a second, ${times(uneven)}${leads}.`;
}

function times({ value, mean }: Uneven): string {
  return `${(value / mean).toFixed(1)} times the mean of the members`;
}

function unevenOf(
  members: readonly MemberLoad[],
  measure: "requestsPerSecond" | "connections",
  least: number,
): Uneven | null {
  const known = members.flatMap((member) => {
    const value = member[measure];
    return value === null ? [] : [{ member, value }];
  });
  const [first, ...others] = known;
  if (first === undefined || others.length === 0) return null;
  const sum = known.reduce((total, { value }) => total + value, 0);
  const most = others.reduce((best, one) => (one.value > best.value ? one : best), first);
  const mean = sum / known.length;
  // Of two members none can have more than twice the mean: there nearly all counts.
  const isUneven = most.value > IMBALANCE_RATIO * mean || (known.length === 2 && most.value >= ALL_RATIO * sum);
  return isUneven && most.value >= least
    ? { most: most.member, value: most.value, mean, share: most.value / sum }
    : null;
}
