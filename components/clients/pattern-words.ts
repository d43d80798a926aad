import type { Tone } from "@/components/ui/badge";
import type { ClientPattern } from "@/lib/api/clients";

/** An abusive pattern as its badge says it, and how bad it is. */
export const PATTERN_BADGES: Record<ClientPattern, { words: string; tone: Tone }> = {
  "unpaged-lists": { words: "unpaged lists", tone: "bad" },
  "uncached-lists": { words: "uncached lists", tone: "warn" },
  "relist-loop": { words: "relist loop", tone: "bad" },
  "tight-get-loop": { words: "tight get loop", tone: "warn" },
  "tight-update-loop": { words: "tight update loop", tone: "bad" },
  "watch-churn": { words: "watch churn", tone: "warn" },
  "throttled-storm": { words: "throttled", tone: "bad" },
  "conflict-storm": { words: "conflicts", tone: "warn" },
  "denied-storm": { words: "denied", tone: "warn" },
  dominant: { words: "dominant", tone: "warn" },
};
