import { resolve } from "node:path";
import { ConfigError, readStartConfig } from "@/lib/config";
import { HelpShown } from "@/lib/supervisor/options";
import { StartError } from "@/lib/supervisor/start-error";
import { Supervisor } from "@/lib/supervisor/supervisor";
import { openTerminal } from "@/lib/supervisor/terminal";

/** `npm start`, once everything is installed and built: runs until Ctrl-C or SIGTERM. */
const terminal = openTerminal((text) => process.stdout.write(text));
const supervisor = new Supervisor(resolve(import.meta.dirname, "../.."), terminal);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void supervisor.stop().then(() => process.exit(0)));
}
process.stdout.on("error", () => undefined); // the terminal has gone; we go on until told to stop

try {
  await supervisor.start(process.argv.slice(2), readStartConfig());
} catch (error) {
  if (error instanceof HelpShown) process.exit(0);
  await supervisor.stop();
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

/** One sentence for what a user can mend; the whole error for a mistake of ours. */
function describe(error: unknown): string {
  if (error instanceof StartError || error instanceof ConfigError) return error.message;
  return `etcdscope cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
