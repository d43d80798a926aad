import { ExportFormat, type Operations, STORED } from "@/app/api/openapi-operation";
import { CaptureAnswer, CaptureItem, CaptureParams, CaptureRequest, CapturesAnswer } from "@/lib/api/captures";

const EXACT = [
  "For so many seconds every write is counted key by key, on the watch that etcdscope has open anyway. The counts are",
  "exact for the revisions from `firstRevision` to `lastRevision`. Requests are those that audit events and log lines",
  "tell of that time, also when they come up to 90 seconds late. Reports are kept for 30 days.",
].join(" ");
const CHANGED = ["403", "404", "409", "415", "503"] as const;

/** The exact sessions: *Capture now*. */
export const CAPTURE_OPERATIONS: Operations = {
  "/api/v1/clusters/{cluster}/captures": {
    get: { summary: "Exact sessions, the newest first", tag: "triage", answer: CapturesAnswer, problems: STORED },
    post: {
      ...{ summary: "Begin an exact session", description: EXACT, tag: "triage", body: CaptureRequest },
      ...{ answer: CaptureItem, status: "201", problems: CHANGED },
    },
  },
  "/api/v1/clusters/{cluster}/captures/{capture}": {
    get: {
      ...{ summary: "The report of an exact session; as CSV, its keys", description: EXACT, tag: "triage" },
      ...{ query: CaptureParams.extend(ExportFormat.shape), answer: CaptureAnswer, problems: STORED },
    },
    delete: { summary: "Remove an exact session, or cancel it", tag: "triage", status: "204", problems: CHANGED },
  },
};
