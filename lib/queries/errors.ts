/** The caller's mistake: a parameter that cannot be used. */
export class ParameterError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
    this.name = "ParameterError";
  }
}

/** No cluster has that name or id. */
export class UnknownClusterError extends Error {
  readonly remedy = "GET /api/v1/clusters lists the registered ones; a new one is added in Settings › Clusters.";
  constructor(readonly nameOrId: string) {
    super(`There is no cluster with the name or id "${nameOrId}".`);
    this.name = "UnknownClusterError";
  }
}

/** A cluster has no token of that id. */
export class UnknownTokenError extends Error {
  readonly remedy = "GET …/tokens lists the tokens of a cluster.";
  constructor(readonly id: string) {
    super(`There is no token with the id "${id}".`);
    this.name = "UnknownTokenError";
  }
}

/** A cluster has no exact session of that id. */
export class UnknownCaptureError extends Error {
  readonly remedy = "GET …/captures lists the sessions of a cluster; reports are kept for 30 days.";
  constructor(readonly id: string) {
    super(`There is no capture with the id "${id}".`);
    this.name = "UnknownCaptureError";
  }
}

/** No webhook has that id. */
export class UnknownWebhookError extends Error {
  readonly remedy = "GET /api/v1/webhooks lists them.";
  constructor(readonly id: string) {
    super(`There is no webhook with the id "${id}".`);
    this.name = "UnknownWebhookError";
  }
}

/** A cluster has no silence of that id. */
export class UnknownSilenceError extends Error {
  readonly remedy = "GET …/silences lists those that hold.";
  constructor(readonly id: string) {
    super(`There is no silence with the id "${id}".`);
    this.name = "UnknownSilenceError";
  }
}

/** A request that is right in itself but that the present state does not allow. */
export class ConflictError extends Error {
  readonly remedy: string | undefined;
  readonly field: string | undefined;
  constructor(message: string, { remedy, field }: { remedy?: string; field?: string }) {
    super(message);
    this.name = "ConflictError";
    this.remedy = remedy;
    this.field = field;
  }
}

/** The worker did not answer in time. */
export class WorkerAbsentError extends Error {
  readonly remedy: string;
  constructor(isRunning: boolean, timeoutMs: number) {
    super(
      isRunning ? `The worker did not answer within ${Math.round(timeoutMs / 1_000)} s.` : "The worker is not running.",
    );
    this.name = "WorkerAbsentError";
    this.remedy = isRunning
      ? "It may be busy reading a large keyspace; try again in a moment, and see its log if that does not help."
      : "Start etcdscope again with `npm start`; the worker's log says why it ended.";
  }
}

/** The worker answered that it cannot: one sentence of its own. */
export class WorkerAnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WorkerAnswerError";
  }
}
