import { RichText } from "@/components/triage/rich-text";
import styles from "@/components/triage/verdicts.module.css";
import { CodeBlock } from "@/components/ui/code-block";

/** A step: its sentence, and the commands in it. */
export interface NextStep {
  words: string;
  commands: string[];
}

/** How the rules write a command: at the end of the step, behind a colon or by itself. */
const COMMAND = /(?:^|: )((?:(?:etcdctl|etcdutl|kubectl|fio|ping|curl) |rev=)\S[\s\S]*)$/;

/** Takes the command out of a step, and those in backticks of more than a word; a name in backticks stays. */
export function splitStep(step: string): NextStep {
  const command = COMMAND.exec(step);
  if (command !== null) return { words: step.slice(0, command.index), commands: [command[1] as string] };
  const commands: string[] = [];
  const words = step
    .replaceAll(/`([^`]+)`/g, (quoted, code: string) => {
      if (!/^[\w./-]+ \S/.test(code)) return quoted;
      commands.push(code);
      return "";
    })
    .replaceAll(/\s+([.,;:])/g, "$1")
    .replaceAll(/\s{2,}/g, " ")
    .replace(/:$/, "")
    .trim();
  return { words, commands };
}

/** A step in a line: its words, its command as code. */
export function StepLine({ step }: { step: string }) {
  const { words, commands } = splitStep(step);
  return (
    <>
      <RichText text={words} />
      {commands.map((command) => (
        <span key={command}>
          {words !== "" && ": "}
          <RichText text={`\`${command.replaceAll("`", "'")}\``} />
        </span>
      ))}
    </>
  );
}

/** What to do next, the first first, with commands to be copied. */
export function NextSteps({ steps }: { steps: readonly string[] }) {
  if (steps.length === 0) return null;
  return (
    <div className={styles.steps}>
      <h4>What to do</h4>
      <ol>
        {steps.map((step) => {
          const { words, commands } = splitStep(step);
          return (
            <li key={step}>
              {words !== "" && (
                <p className={styles.stepWords}>
                  <RichText text={words} />
                </p>
              )}
              {commands.map((command) => (
                <CodeBlock key={command} label={`Command: ${command.split(" ")[0]}`} text={command} />
              ))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
