import {
  ChartNoAxesColumnIncreasing,
  CloudLightning,
  HeartPulse,
  ListPlus,
  type LucideIcon,
  Recycle,
  RefreshCw,
  Snowflake,
  Timer,
  Trash2,
} from "lucide-react";
import { PATTERN_EXPLANATIONS } from "@/components/patterns/pattern-explanations";
import styles from "@/components/patterns/patterns.module.css";
import { Popover } from "@/components/ui/popover";
import type { Pattern, PatternSeverity } from "@/lib/model/pattern-types";
import { PATTERN_NAMES } from "@/lib/model/pattern-words";

const ICONS: Record<Pattern, LucideIcon> = {
  storm: CloudLightning,
  "hot-loop": RefreshCw,
  leak: ChartNoAxesColumnIncreasing,
  drain: Trash2,
  "sequential-create": ListPlus,
  churn: Recycle,
  periodic: Timer,
  heartbeat: HeartPulse,
  cold: Snowflake,
};

/** The picture of a pattern; its colour says how pressing it is, the word beside it what it is. */
export function PatternIcon({ pattern, severity }: { pattern: Pattern; severity: PatternSeverity }) {
  const Icon = ICONS[pattern];
  return <Icon size={15} aria-hidden="true" className={styles[severity]} />;
}

/** A pattern's name, which explains itself. */
export function PatternWord({ pattern }: { pattern: Pattern }) {
  const name = PATTERN_NAMES[pattern];
  const { looks, rule, causes, remedy } = PATTERN_EXPLANATIONS[pattern];
  return (
    <Popover
      label={`What a ${name} is`}
      trigger={
        <button type="button" className={styles.word}>
          {name}
        </button>
      }
    >
      <div className={styles.explanation}>
        <h3>{name.charAt(0).toUpperCase() + name.slice(1)}</h3>
        <p>{looks}</p>
        <dl>
          <dt>Told when</dt>
          <dd>{rule}</dd>
          <dt>Usual causes</dt>
          <dd>{causes}</dd>
          <dt>What to do</dt>
          <dd>{remedy}</dd>
        </dl>
      </div>
    </Popover>
  );
}
