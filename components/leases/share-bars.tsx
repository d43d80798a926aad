import type { ReactNode } from "react";
import type { Share } from "@/components/leases/lease-words";
import styles from "@/components/leases/leases.module.css";
import { Bar } from "@/components/ui/bar";
import { Panel } from "@/components/ui/panel";
import { formatCount, formatRatio } from "@/lib/model/units";

/** So many kinds fit without scrolling; more must be reachable by keyboard. */
const UNSCROLLED = 10;

/** How leases fall into kinds: a bar and two figures a kind, each bar against the largest kind. */
export function ShareBars(props: { title: string; shares: readonly Share[]; note: ReactNode; nothing: string }) {
  const { title, shares } = props;
  const sum = shares.reduce((total, { leases }) => total + leases, 0);
  const largest = Math.max(...shares.map(({ leases }) => leases), 1);
  return (
    <Panel title={title} note={props.note}>
      {sum === 0 ? (
        <p className="muted">{props.nothing}</p>
      ) : (
        <div className={styles.scroller} tabIndex={shares.length > UNSCROLLED ? 0 : undefined}>
          <table className={styles.shares} aria-label={title}>
            <thead className="visually-hidden">
              <tr>
                <th scope="col">Kind</th>
                <th scope="col">Against the largest</th>
                <th scope="col">Leases</th>
                <th scope="col">Share</th>
              </tr>
            </thead>
            <tbody>
              {shares.map(({ label, leases }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>
                    <Bar ratio={leases / largest} label={`${label}, against the largest`} />
                  </td>
                  <td className={leases === 0 ? "num faint" : "num"}>{formatCount(leases)}</td>
                  <td className="num faint">{formatRatio(leases / sum)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
