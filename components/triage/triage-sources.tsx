import { CircleCheck, CircleDashed } from "lucide-react";
import { sourcesHref } from "@/components/settings/settings-pages";
import styles from "@/components/triage/triage.module.css";
import { shownText } from "@/components/triage/triage-words";
import { LinkButton } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { TriageAnswer } from "@/lib/api/triage";

/** Who told something of this time, and who did not and why. */
export function TriageSources({ cluster, sources }: { cluster: string } & Pick<TriageAnswer, "sources">) {
  if (sources.length === 0) return null;
  const heard = sources.filter(({ isHeard }) => isHeard).length;
  return (
    <Panel
      title="Who told of this time"
      note={`${heard} of ${sources.length}`}
      actions={
        <LinkButton small kind="quiet" href={sourcesHref(cluster)} prefetch={false}>
          Open the sources
        </LinkButton>
      }
    >
      <ul className={styles.sources}>
        {sources.map(({ name, tells, isHeard, reason }) => {
          const Icon = isHeard ? CircleCheck : CircleDashed;
          return (
            <li key={name}>
              <Icon size={13} aria-hidden="true" data-heard={isHeard} />
              <span>
                <b>{nameWords(name)}</b> {isHeard ? shownText(tells, 200) : shownText(reason ?? NOTHING, 300)}
                {!isHeard && <small> Would tell: {shownText(tells, 200)}.</small>}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

const NOTHING = "Nothing came of this time.";
const NAMES: Readonly<Record<string, string>> = {
  metrics: "Member metrics",
  probe: "Probe",
  keyspace: "Keyspace",
  "etcd-log": "etcd’s log",
  audit: "Audit events",
  apiserver: "Apiserver metrics",
  connections: "Connections",
};

function nameWords(name: string): string {
  return Object.hasOwn(NAMES, name) ? (NAMES[name] as string) : shownText(name, 60);
}
