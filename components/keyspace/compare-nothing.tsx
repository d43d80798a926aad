import { Button, LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { Time } from "@/components/ui/time";
import type { CompareAnswer } from "@/lib/api/compare";

/** The records say nothing of their very first instant: a state is what was there after a slice. */
const FIRST_SLICE_MS = 10_000;

/** Why there is nothing to compare, and what to do about it. */
export function CompareNothing(props: {
  answer: CompareAnswer;
  prefix: string;
  parentHref: string;
  onCompare(at: string | null): void;
}) {
  const { answer, prefix, parentHref, onCompare } = props;
  const { before, after, recordsSince } = answer;
  const off = <Button onClick={() => onCompare(null)}>Stop comparing</Button>;
  if (!answer.isRecorded) {
    return (
      <Empty
        title="Nothing is recorded of this prefix"
        action={
          <LinkButton href={parentHref} prefetch={false}>
            One level up
          </LinkButton>
        }
      >
        <KeyName text={prefix} fit="whole" /> is not a whole prefix of the tree, of which records are kept: those end in
        a separator.
      </Empty>
    );
  }
  const unknown = before.at === null ? before : after;
  if (unknown.reason === "not-watched") {
    return (
      <Empty title="Nobody watched then" action={off}>
        There is no record of <Time at={unknown.askedAt} />: the cluster was paused, could not be reached, or etcdscope
        was not running. Choose another instant.
      </Empty>
    );
  }
  if (recordsSince === null) {
    return (
      <Empty title="There are no records yet" action={off}>
        They begin with the first frame after the keyspace has been read.
      </Empty>
    );
  }
  const first = new Date(Date.parse(recordsSince) + FIRST_SLICE_MS).toISOString();
  return (
    <Empty
      title="The records do not go back that far"
      action={<Button onClick={() => onCompare(first)}>Compare with where they begin</Button>}
    >
      They begin <Time at={recordsSince} />; nothing is known of <Time at={unknown.askedAt} />. How long they are kept
      is set in Settings.
    </Empty>
  );
}
