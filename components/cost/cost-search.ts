import type { CostParams } from "@/lib/api/cost";
import { PRESET_MS, type TimePreset } from "@/lib/model/time-range";

/** Hours are the finest there is: less than a day of them says little. */
const SHORTEST: TimePreset = "24h";

/** What to ask for: the range in the URL, at least a day of it. */
export function costQuery(search: { get(name: string): string | null }): CostParams {
  const from = search.get("from");
  const to = search.get("to");
  if (isInstant(from)) return isInstant(to) && Date.parse(from) < Date.parse(to) ? { from, to } : { range: SHORTEST };
  const range = search.get("range");
  return { range: isPreset(range) && PRESET_MS[range] > PRESET_MS[SHORTEST] ? range : SHORTEST };
}

function isInstant(text: string | null): text is string {
  return text !== null && /^\d{4}-\d\d-\d\dT.*Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isPreset(text: string | null): text is TimePreset {
  return text !== null && Object.hasOwn(PRESET_MS, text);
}
