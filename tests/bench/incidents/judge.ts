import type { TriageAnswer } from "@/lib/api/triage";
import type { Incident } from "@/tests/bench/incidents/incidents";

/** How triage judged one incident. */
export interface Judgement {
  incident: Incident;
  isRight: boolean;
  /** The first likely cause in words; null: none. */
  first: string | null;
  /** What it got wrong, a sentence each. */
  faults: string[];
  answer: TriageAnswer;
}

/** Compares an answer with what was done. */
export function judgeAnswer(incident: Incident, answer: TriageAnswer): Judgement {
  const causes = answer.items.filter(({ verdict }) => verdict === "likely-cause");
  const [first] = causes;
  const allowed = new Set([...incident.first, ...(incident.alsoTrue ?? [])]);
  const faults: string[] = [];
  if (incident.first.length > 0 && !incident.first.includes(first?.rule ?? "")) {
    faults.push(`first is ${first ? `${first.rule} ${first.name}` : "nothing"}, not ${incident.first.join(" or ")}`);
  } else if (first && incident.names && !incident.names.test(`${first.text} ${JSON.stringify(first.subject)}`)) {
    faults.push(`${first.rule} does not name ${incident.names}: ${first.text}`);
  }
  for (const { rule, name, text } of causes) {
    if (!allowed.has(rule)) faults.push(`${rule} ${name} is called a likely cause: ${text}`);
  }
  for (const rule of incident.innocent) {
    const check = answer.items.find((item) => item.rule === rule);
    if (check?.verdict !== "ruled-out")
      faults.push(`${rule} is ${check?.verdict ?? "missing"}, not ruled out: ${check?.text}`);
  }
  const words = first ? `${first.rule} ${first.name}: ${first.text}` : null;
  return { incident, isRight: faults.length === 0, first: words, faults, answer };
}
