import { clsx } from "clsx";
import { shortAgent, shortUser } from "@/components/clients/agent-words";
import styles from "@/components/clients/clients.module.css";
import { cutText } from "@/components/traffic/traffic-words";
import { toVisibleRuns, toVisibleText } from "@/components/ui/visible-text";

/** Of a text of any length, so much is put on hover. */
const LONGEST_TITLE = 600;

/** A user agent in its short form, the whole on hover. Null: not known. */
export function Agent({ text }: { text: string | null }) {
  if (text === null) return <Nameless words="agent not known" />;
  return text === "" ? <Nameless words="no agent given" /> : <Plain shown={shortAgent(text)} whole={text} />;
}

/** A user in its short form, the whole on hover. Null: not known. */
export function User({ text }: { text: string | null }) {
  if (text === null) return <Nameless words="not known" />;
  if (text === "") return <Nameless words="anonymous" />;
  const { kind, name } = shortUser(text);
  return (
    <span className={styles.named} title={toVisibleText(cutText(text, LONGEST_TITLE))}>
      {kind !== null && <span className="faint">{kind}</span>}
      <Plain shown={name} whole={text} />
    </span>
  );
}

/** An address, and whose it is where the keyspace tells. */
export function Address({ text, resolvedName }: { text: string | null; resolvedName: string | null }) {
  if (text === null) return <Nameless words="not known" />;
  const place = placeOf(resolvedName);
  if (place === null) return <Plain shown={cutText(text, 60)} whole={text} isMono />;
  return <Plain shown={cutText(place, 60)} whole={`${place} (${text})`} />;
}

/** Where a resolved name says something is: a node or a pod. A service account is no place. */
export function placeOf(resolvedName: string | null): string | null {
  return resolvedName !== null && /^(node|pod) /.test(resolvedName) ? resolvedName : null;
}

/** A name from outside: nothing in it acts, and what cannot be seen is shown by a mark. */
export function Plain({ shown, whole, isMono = false }: { shown: string; whole: string; isMono?: boolean }) {
  return (
    <bdi
      dir="ltr"
      className={clsx(styles.plain, isMono && "mono")}
      title={toVisibleText(cutText(whole, LONGEST_TITLE))}
    >
      {toVisibleRuns(shown).map((run, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: a run has no identity but its place
        run.isMark ? <i key={index}>{run.text}</i> : run.text,
      )}
    </bdi>
  );
}

function Nameless({ words }: { words: string }) {
  return <span className="faint">{words}</span>;
}
