import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import type { CaptureReport } from "@/lib/model/capture";

/** Version of the layout; a reader refuses what it does not know. */
export const CAPTURE_FORMAT = 1;

const MAX_REPORT_BYTES = 64 * 1024 ** 2;

/** Packs a report: deflated JSON. */
export async function encodeCaptureReport(report: CaptureReport): Promise<Buffer> {
  return promisify(deflateRaw)(JSON.stringify(report));
}

/** Unpacks what `encodeCaptureReport` made. Throws on an unknown format and on damage. */
export async function decodeCaptureReport(format: number, payload: Uint8Array): Promise<CaptureReport> {
  if (format !== CAPTURE_FORMAT) {
    throw new Error(`unknown capture format ${format}; this version reads ${CAPTURE_FORMAT}`);
  }
  const bytes: Buffer = await promisify(inflateRaw)(payload, { maxOutputLength: MAX_REPORT_BYTES });
  return JSON.parse(bytes.toString("utf8"));
}
