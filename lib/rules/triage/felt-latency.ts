import type { HealthSignalName } from "@/lib/model/health-signals";
import { known, readingsOf } from "@/lib/rules/triage/readings";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import { besideCalm, formatMilliseconds, plainName, wentFrom } from "@/lib/rules/triage/triage-words";

/** What a user of etcd waits for, the closest to them first. */
const FELT: readonly { signal: HealthSignalName; words: string }[] = [
  { signal: "probeLinearizable", words: "Linearizable reads" },
  { signal: "probeSerializable", words: "Serializable reads" },
  { signal: "grpcP99", words: "Requests (p99)" },
  { signal: "fsyncP99", words: "Syncs of the log (p99)" },
  { signal: "commitP99", words: "Commits (p99)" },
  { signal: "applyP99", words: "Applying (p99)" },
];

/** Whether anything tells how long a user of etcd waits. */
export function isLatencyKnown(facts: TriageFacts): boolean {
  return list(facts).length > 0;
}

/** "Linearizable reads went from 6 ms to 41 ms." Of what moved the most, where anything did. Null: nothing is known. */
export function feltLatency(facts: TriageFacts): string | null {
  const told = list(facts);
  const moved = told.filter(({ moved: { movedAtMs } }) => known(movedAtMs) !== null);
  const [first] = moved.length > 0 ? moved : told;
  if (first === undefined) return null;
  const { words, name, moved: figure } = first;
  const where = name === null || facts.members.length < 2 ? "" : ` at ${plainName(name)}`;
  const [calm, now, worst] = [known(figure.calm), shown(figure), known(figure.worst)];
  if (known(facts.onsetMs) === null)
    return `${words} take ${formatMilliseconds(now)}${besideCalm(calm, now, "milliseconds")}.`;
  if (calm === null) return `${words} take ${formatMilliseconds(now)}${where}.`;
  // A moment in a long window hardly moves its figure.
  if (now < calm * CLEARLY_TIMES && worst !== null && worst >= calm * CLEARLY_TIMES) {
    return `${words} took up to ${formatMilliseconds(worst)}${where}, ${formatMilliseconds(calm)} before.`;
  }
  return `${words} ${wentFrom(calm, now, "milliseconds")}${where}.`;
}

const CLEARLY_TIMES = 2;

interface Felt {
  words: string;
  name: string | null;
  moved: Moved;
}

function list(facts: TriageFacts): Felt[] {
  const ofMembers = FELT.flatMap(({ signal, words }) =>
    readingsOf(facts, signal)
      .map(({ name, moved }) => ({ words, name, moved }))
      .sort((a, b) => shown(b.moved) - shown(a.moved)),
  );
  const [call] = (facts.apiserver ?? []).filter(({ p99Ms }) => known(p99Ms.window) !== null);
  return call ? [...ofMembers, { words: "The apiserver's calls (p99)", name: null, moved: call.p99Ms }] : ofMembers;
}

function shown({ window, worst }: Moved): number {
  return known(window) ?? known(worst) ?? 0;
}
