import type { StorageLevel, StoragePatch } from "@/lib/api/storage";
import { findRetentionFault, formatHours, RETENTION, type Retention } from "@/lib/model/retention";

/** How long a level is kept; what would be shorter than a finer level, or longer than a coarser one, cannot be chosen. */
export function KeepSelect(props: {
  row: StorageLevel;
  levels: readonly StorageLevel[];
  isBusy: boolean;
  onChange(patch: StoragePatch): void;
}) {
  const { level, keepHours } = props.row;
  const kept = Object.fromEntries(props.levels.map((row) => [row.level, row.keepHours])) as Retention;
  const choices = [...new Set([...RETENTION[level].choices, keepHours])].sort((a, b) => a - b);
  return (
    <select
      className="keep-select"
      aria-label={`Keep ${level} for`}
      value={keepHours}
      disabled={props.isBusy}
      onChange={(event) => props.onChange({ [level]: Number(event.target.value) })}
    >
      {choices.map((hours) => (
        <option key={hours} value={hours} disabled={findRetentionFault({ ...kept, [level]: hours }) !== null}>
          {formatHours(hours)}
        </option>
      ))}
    </select>
  );
}
