import { formatDuration } from "@/lib/model/units";

/** What the user sees: one line a step, nothing else. */
export interface Terminal {
  line(what: string, text: string): void;
  /** A line when the step is done, with how long it took. */
  step<Result>(what: string, run: () => Promise<{ text: string; result: Result }>): Promise<Result>;
}

const WIDTH = 10;

export function openTerminal(write: (text: string) => void): Terminal {
  const line = (what: string, text: string) => write(`  ${what.padEnd(WIDTH)} ${text}\n`);
  return {
    line,
    async step(what, run) {
      const startMs = Date.now();
      const { text, result } = await run();
      line(what, `${text} (${formatDuration(Date.now() - startMs)})`);
      return result;
    },
  };
}
