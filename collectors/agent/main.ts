import { runAgent } from "@/collectors/agent/agent";
import { AgentError, AgentHelpShown, parseAgentOptions } from "@/collectors/agent/options";
import { readAgentConfig } from "@/lib/config";

/** `npm start -- agent`: runs until Ctrl-C or SIGTERM. Needs neither Postgres nor a build. */
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ending.abort());
process.stdout.on("error", () => undefined); // nobody listens any more; we go on until told to stop

try {
  const options = parseAgentOptions(process.argv.slice(3), readAgentConfig());
  const say = (sentence: string) => void process.stdout.write(`${new Date().toISOString()} ${sentence}\n`);
  await runAgent(options, { signal: ending.signal, say });
} catch (error) {
  if (error instanceof AgentHelpShown) process.exit(0);
  process.stderr.write(`${error instanceof AgentError ? error.message : `The agent ends: ${String(error)}`}\n`);
  process.exit(1);
}
