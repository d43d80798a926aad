import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, type MovedSum, readingsOf, sumMoved } from "@/lib/rules/triage/readings";
import { steps } from "@/lib/rules/triage/shell-words";
import type { ClientMover, Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { besideCalm, formatFigure, plainName, wentFrom } from "@/lib/rules/triage/triage-words";

const MOVED_TIMES = 3;
const THRESHOLDS = [outOfSpec(MOVED_TIMES, "count", SAYS.ours)] as const; // times the calm rate
/** Where latency moved, C0's floor; where it did not, so few requests are no storm. */
const FLOOR_PER_SECOND = 5;
const CALM_FLOOR_PER_SECOND = 30;
const FLOOR_BYTES_PER_SECOND = 1_048_576;
/** Of the rise, a client with so much is the storm. */
const CLIENT_SHARE = 0.5;

/** Far more is asked than before: an apiserver that restarts, clients that list anew, a loop. */
export const clientStorm: TriageRule = {
  id: "L25",
  name: "CLIENT_STORM",
  title: "Clients ask far more than before",
  stage: "clients",
  explainedBy: ["L05", "L06", "L07", "L15", "L16", "L24", "L29", "L30", "L35"],
  isStanding: false,
  check(facts) {
    const loads = listLoads(facts);
    if (loads.length === 0 && facts.clients === null) {
      return noData("Nothing tells how much clients ask.", facts.memberCount === 0 ? NEEDS.clients : NEEDS.metrics, {
        thresholds: THRESHOLDS,
      });
    }
    const storm = loads.find((load) => hasMoved(facts, load));
    const client = findClient(facts);
    if (storm === undefined && (client === null || loads.length > 0)) {
      return ruledOut({
        text: quietWords(loads),
        thresholds: THRESHOLDS,
        figure: loads[0] ? figureOf(loads[0]) : null,
      });
    }
    const found = tell(facts, storm ?? null, client);
    return storm !== undefined || known(facts.onsetMs) !== null ? likelyCause(found) : contributing(found);
  },
};

interface Load {
  label: string;
  sum: MovedSum;
  unit: "perSecond" | "bytesPerSecond";
  floor: number;
}

function listLoads(facts: TriageFacts): Load[] {
  const perSecond = known(facts.onsetMs) === null ? CALM_FLOOR_PER_SECOND : FLOOR_PER_SECOND;
  const loads = [
    { label: "Requests", signal: "clientRequestsPerSecond", unit: "perSecond", floor: perSecond },
    { label: "Sent to clients", signal: "sentBytesPerSecond", unit: "bytesPerSecond", floor: FLOOR_BYTES_PER_SECOND },
    {
      label: "Received from clients",
      signal: "receivedBytesPerSecond",
      unit: "bytesPerSecond",
      floor: FLOOR_BYTES_PER_SECOND,
    },
  ] as const;
  return loads.flatMap(({ signal, ...load }) => {
    const sum = sumMoved(readingsOf(facts, signal).map(({ moved }) => moved));
    return sum === null ? [] : [{ ...load, sum }];
  });
}

function hasMoved({ onsetMs }: TriageFacts, { sum, floor }: Load): boolean {
  if (sum.calm === null || sum.window < sum.calm * MOVED_TIMES || sum.window - sum.calm < floor) return false;
  const onset = known(onsetMs);
  return onset === null || sum.movedAtMs === null || sum.movedAtMs <= onset + 120_000;
}

/** The client with the most of the rise of what is asked. */
function findClient({ clients, onsetMs }: TriageFacts): ClientMover | null {
  const floor = known(onsetMs) === null ? CALM_FLOOR_PER_SECOND : FLOOR_PER_SECOND;
  const risen = (clients ?? []).filter(({ requests }) => isRisen(requests, floor));
  const total = (clients ?? []).reduce((sum, { requests }) => sum + Math.max(0, riseOf(requests)), 0);
  const [first] = risen.sort((a, b) => riseOf(b.requests) - riseOf(a.requests));
  return first !== undefined && riseOf(first.requests) >= total * CLIENT_SHARE ? first : null;
}

function isRisen(requests: Moved, floor: number): boolean {
  const calm = known(requests.calm);
  return calm !== null && (known(requests.window) ?? 0) >= calm * MOVED_TIMES && riseOf(requests) >= floor;
}

function riseOf({ window, calm }: Moved): number {
  return (known(window) ?? 0) - (known(calm) ?? 0);
}

function tell(
  facts: TriageFacts,
  storm: Load | null,
  client: ClientMover | null,
): Omit<TriageFinding, "verdict" | "needs" | "isAlert"> {
  const asked = storm === null ? "" : `${storm.label} ${wentFrom(storm.sum.calm, storm.sum.window, storm.unit)}`;
  const name = client === null ? null : plainName(client.name);
  const what =
    client?.verb == null
      ? "requests"
      : `${plainName(client.verb)}${client.resource === null ? "" : ` ${plainName(client.resource)}`}`;
  const who =
    client === null
      ? ""
      : `${asked === "" ? "" : "; "}${name} asks most of it: ${what} ${wentFrom(known(client.requests.calm), known(client.requests.window) ?? 0, "perSecond")}`;
  return {
    text: `${asked}${who}.`,
    because: name === null ? "a storm of requests" : `a storm of requests from ${name}`,
    subject:
      client === null
        ? { kind: "cluster" }
        : {
            ...{ kind: "client", name: client.name, userAgent: client.userAgent },
            ...{ user: client.user, sourceAddress: client.sourceAddress },
          },
    figure: storm === null ? null : figureOf(storm),
    thresholds: THRESHOLDS,
    startedAtMs: storm?.sum.movedAtMs ?? known(client?.requests.movedAtMs),
    next: steps(
      client === null &&
        facts.clients === null &&
        "Send the apiserver's audit events, or etcd's log lines, to see who asks.",
      client === null && "Which member is asked, and from where: ss -tn sport = :2379",
      "Did an apiserver or a controller restart? It lists everything anew, and is done in minutes.",
      client !== null && "Open the Clients page at this time: which resources, and unpaged or not.",
    ),
    chart:
      client === null
        ? { kind: "signal", signal: "clientRequestsPerSecond", memberId: null }
        : { kind: "client", name: client.name },
    weight: 0.58,
  };
}

function figureOf({ label, sum, unit }: Load): NonNullable<TriageFinding["figure"]> {
  return { label, value: sum.window, calm: sum.calm, unit };
}

function quietWords(loads: readonly Load[]): string {
  const [first] = loads;
  if (first === undefined) return "No client asks far more than before.";
  const { label, sum, unit } = first;
  return `Clients do not ask far more: ${label.toLowerCase()} ${formatFigure(sum.window, unit)}${besideCalm(sum.calm, sum.window, unit)}.`;
}
