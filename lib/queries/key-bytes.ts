import { parseKeyText } from "@/lib/model/key-text";
import { ParameterError } from "@/lib/queries/errors";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bytes of a key or prefix given as text or, exactly, as base64, which wins. Throws a `ParameterError` that names
 * `<field>Base64` when that is not base64.
 */
export function toKeyBytes(field: string, text: string, base64: string | undefined): Buffer {
  if (base64 === undefined) return parseKeyText(text);
  if (!BASE64.test(base64))
    throw new ParameterError(`${field}Base64`, "not base64 (with padding; `+` as %2B in a URL)");
  return Buffer.from(base64, "base64");
}
