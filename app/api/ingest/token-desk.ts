import { webDb } from "@/lib/db/web-db";
import { log } from "@/lib/log";
import { findTokenOwner, sha256, type TokenOwner, touchToken } from "@/lib/queries/tokens";

/** A revoked token is refused after this at the latest, in the process that revoked it at once. */
const REMEMBER_MS = 10_000;
/** `lastUsedAt` is not written more often. */
const TOUCH_MS = 60_000;
const MAX_REMEMBERED = 1_000;

interface Remembered {
  owner: TokenOwner | null;
  untilMs: number;
}

/** Knows tokens again for a while, so that not every batch asks the database. */
export class TokenDesk {
  readonly #remembered = new Map<string, Remembered>();
  readonly #touchedMs = new Map<string, number>();

  /** Whose token this is; null when it is nobody's, or revoked. Fails when Postgres cannot be asked. */
  async verify(token: string): Promise<TokenOwner | null> {
    const secretSha256 = sha256(token);
    const key = secretSha256.toString("base64");
    const nowMs = performance.now();
    let known = this.#remembered.get(key);
    if (known === undefined || known.untilMs < nowMs) {
      const owner = await findTokenOwner(webDb(), secretSha256);
      known = { owner, untilMs: nowMs + REMEMBER_MS };
      this.#remember(key, known);
    }
    if (known.owner !== null) this.#touch(known.owner, nowMs);
    return known.owner;
  }

  /** Forgets every token: the next batch asks anew. */
  forget(): void {
    this.#remembered.clear();
  }

  #remember(key: string, known: Remembered): void {
    // Guessed tokens must not fill the memory; the true ones are few and come back.
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, known);
  }

  #touch(owner: TokenOwner, nowMs: number): void {
    const touchedMs = this.#touchedMs.get(owner.tokenId);
    if (touchedMs !== undefined && nowMs - touchedMs < TOUCH_MS) return;
    if (this.#touchedMs.size >= MAX_REMEMBERED) this.#touchedMs.clear();
    this.#touchedMs.set(owner.tokenId, nowMs);
    touchToken(webDb(), owner, new Date()).catch((error: unknown) => {
      log.warn({ err: error, clusterId: owner.clusterId }, "the last use of a token could not be noted");
    });
  }
}
