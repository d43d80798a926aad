import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/**
 * Secrets at rest, AES-256-GCM. Layout: version byte, 4 bytes that name the key, 12 bytes nonce, 16 bytes tag, text.
 * The key's name tells a wrong key from damaged bytes.
 */
const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** A sealed secret that cannot be opened; the message is a sentence for the reader. */
export class SecretBoxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SecretBoxError";
  }
}

/** Seals `text` with a key of 32 bytes. */
export function sealSecret(text: string, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const head = Buffer.concat([Buffer.of(VERSION), keyId(key)]);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(head);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]);
}

/** The text that `sealSecret` sealed. Throws a `SecretBoxError` when the key is another or the bytes are damaged. */
export function openSecret(sealed: Uint8Array, key: Buffer): string {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) {
    throw new SecretBoxError(
      "A stored secret has an unknown format; it was written by another version or is damaged. Enter it again.",
    );
  }
  const head = bytes.subarray(0, 1 + KEY_ID_BYTES);
  if (!head.subarray(1).equals(keyId(key))) {
    throw new SecretBoxError(
      "A stored secret was sealed with another secret key; start with the ETCDSCOPE_SECRET_KEY (or secret.key file) it was made with, or enter the secret again.",
    );
  }
  const nonce = bytes.subarray(head.length, head.length + NONCE_BYTES);
  const tag = bytes.subarray(head.length + NONCE_BYTES, HEADER_BYTES);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(head)
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    throw new SecretBoxError("A stored secret is damaged and cannot be opened; enter it again.");
  }
}

/** Names a key without giving it away. */
function keyId(key: Buffer): Buffer {
  return createHash("sha256").update("etcdscope secret key").update(key).digest().subarray(0, KEY_ID_BYTES);
}
