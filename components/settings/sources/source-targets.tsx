"use client";

import styles from "@/components/settings/sources/sources.module.css";
import { Age } from "@/components/ui/time";
import type { SourceRow } from "@/lib/api/sources";
import { formatBytes, formatCount, formatDuration } from "@/lib/model/units";

/** What is scraped for a source, a line a target. */
export function SourceTargets({ name, targets }: { name: string; targets: SourceRow["targets"] }) {
  return (
    // Focusable, so that the keyboard can scroll it sideways on a narrow screen.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.targetsScroll} aria-label={`Targets of ${name}, table`} tabIndex={0}>
      <table className={styles.targets} aria-label={`Targets of ${name}`}>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Answered</th>
            <th scope="col">Took</th>
            <th scope="col">Page</th>
            <th scope="col">Samples</th>
          </tr>
        </thead>
        <tbody>
          {targets.map((target) => (
            <tr key={target.url}>
              <th scope="row">
                <span className="mono">{target.url}</span>
                {target.failure !== null && <span className={styles.failed}>{target.failure}</span>}
              </th>
              <td>
                {target.at === null ? (
                  "never"
                ) : (
                  <>
                    <Age at={target.at} /> ago
                  </>
                )}
              </td>
              <td>{target.scrapeMs === null ? "–" : formatDuration(target.scrapeMs)}</td>
              <td>{target.bodyBytes === null ? "–" : formatBytes(target.bodyBytes)}</td>
              <td>{target.samples === null ? "–" : formatCount(target.samples)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
