import { cleanText } from "@/lib/model/clean-text";
import type { WebhookPost } from "@/lib/model/notification-forms";

const PATIENCE_MS = 10_000;
/** So much of an answer is kept, and never more than `MOST_BYTES` of it read. */
const MOST_CHARACTERS = 200;
const MOST_BYTES = 4_096;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** How a post went. No text holds the URL: it may be a secret. */
export interface PostOutcome {
  ok: boolean;
  /** The answer's status; null: there was none. */
  status: number | null;
  /** One sentence for the reader. */
  text: string;
  /** What the receiver asked to wait for; null: it did not. */
  retryAfterMs: number | null;
}

/** Posts JSON, waits ten seconds at most, and follows no redirect. Never throws. */
export async function post(
  { url, body }: WebhookPost,
  { authorization, signal, patienceMs = PATIENCE_MS }: PostOptions,
): Promise<PostOutcome> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "etcdscope",
        ...(authorization !== null && { authorization }),
      },
      body: JSON.stringify(body),
      redirect: "manual", // elsewhere is not where the secret may go
      signal: AbortSignal.any([signal, patience]),
    });
    return await toOutcome(answer);
  } catch (error) {
    const text = patience.aborted ? `It did not answer within ${patienceMs / 1_000} s.` : explain(error);
    return { ok: false, status: null, text, retryAfterMs: null };
  }
}

export interface PostOptions {
  authorization: string | null;
  /** Ends the wait when the worker stops. */
  signal: AbortSignal;
  patienceMs?: number;
}

async function toOutcome(answer: Response): Promise<PostOutcome> {
  const said = await readBeginning(answer);
  const { status } = answer;
  if (status >= 200 && status < 300) return { ok: true, status, text: `It answered ${status}.`, retryAfterMs: null };
  if (status >= 300 && status < 400) {
    const text = `It answered ${status}, a redirect, which is not followed: give the URL it leads to.`;
    return { ok: false, status, text, retryAfterMs: null };
  }
  const text = said === null ? `It answered ${status}.` : `It answered ${status}: ${said}`;
  return { ok: false, status, text, retryAfterMs: toRetryAfterMs(answer.headers.get("retry-after")) };
}

/** The beginning of the body on one line; null when there is none. The rest is not read. */
async function readBeginning(answer: Response): Promise<string | null> {
  if (answer.body === null) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = answer.body.getReader();
  while (length < MOST_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  await reader.cancel().catch(() => undefined);
  const text = Buffer.concat(chunks).subarray(0, MOST_BYTES).toString("utf8");
  return cleanText(text.replace(/[\s\p{Cc}]+/gu, " ").trim(), MOST_CHARACTERS);
}

function toRetryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,6}$/.test(header)) return null;
  return Math.min(Number(header) * 1_000, LONGEST_RETRY_AFTER_MS);
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "Nobody listens there: the connection was refused.",
  ECONNRESET: "The connection was closed before there was an answer.",
  ENOTFOUND: "The name of its host is not known.",
  EAI_AGAIN: "The name of its host could not be looked up.",
  EHOSTUNREACH: "Its host cannot be reached.",
  ENETUNREACH: "Its network cannot be reached.",
  ETIMEDOUT: "The connection took too long.",
  UND_ERR_CONNECT_TIMEOUT: "The connection took too long.",
  UND_ERR_SOCKET: "The connection was closed before there was an answer.",
};

/** Of the error its code alone: messages may name the URL. */
function explain(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    if (code in REASONS) return REASONS[code] as string;
    if (/CERT|TLS|SSL|SIGNED/.test(code)) return `Its certificate is not trusted (${code}).`;
    if (code !== "" && /^[A-Z_]{3,60}$/.test(code)) return `It could not be reached (${code}).`;
  }
  return "It could not be reached.";
}
