/** A child's side of the channel to the bench: messages with a kind, and options as its one argument. */

export type Message = { kind: string } & Record<string, unknown>;

process.once("disconnect", () => process.exit(0)); // the bench has gone
if (process.connected === false) process.exit(0);

/** The options the child was started with. */
export function readOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? "{}") as Options;
}

export function tell(kind: string, body: Record<string, unknown> = {}): void {
  process.send?.({ kind, ...body });
}

/** Runs `handle` whenever the bench sends a message of this kind. */
export function onTold(kind: string, handle: (message: Message) => void): void {
  process.on("message", (message: Message) => {
    if (message.kind === kind) handle(message);
  });
}

/** The next message of this kind. */
export function waitTold(kind: string): Promise<Message> {
  return new Promise((resolve) => {
    const hear = (message: Message) => {
      if (message.kind !== kind) return;
      process.off("message", hear);
      resolve(message);
    };
    process.on("message", hear);
  });
}

/** Processor time of this process so far, in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
