/** A start that cannot go on; the message is one sentence for the reader, and no stack trace is shown. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartError";
  }
}
