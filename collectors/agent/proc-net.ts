import { createReadStream } from "node:fs";
import { SocketAddress } from "node:net";
import { endianness } from "node:os";
import { join } from "node:path";
import { LineItems } from "@/lib/model/line-items";

const FILES = ["tcp", "tcp6"] as const;
const ESTABLISHED = "01";
const MAX_LINE_BYTES = 4_096;
/** Addresses that are told apart; connections of further ones are counted together. */
export const MAX_ADDRESSES = 100_000;
export const OTHER_ADDRESSES = "(others)";

/** What was counted, and how many lines could not be read. */
export interface ConnectionCount {
  /** Established connections by remote address. */
  byAddress: Map<string, number>;
  badLines: number;
}

/**
 * Counts the established connections to some local ports in `<procDir>/net/tcp` and `tcp6`, the kernel's table of the
 * network namespace. A file is read while it comes; one that is not there counts as empty, unless both are missing: that
 * fails with the first one's error.
 */
export async function countConnections(procDir: string, ports: ReadonlySet<number>): Promise<ConnectionCount> {
  const counter = new ConnectionCounter(ports);
  const failures: unknown[] = [];
  for (const file of FILES) {
    try {
      await readLines(join(procDir, "net", file), counter);
    } catch (error) {
      if (!isMissing(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === FILES.length) throw failures[0];
  return counter.count();
}

async function readLines(path: string, counter: ConnectionCounter): Promise<void> {
  const lines = new LineItems(MAX_LINE_BYTES, {
    onItem: (line) => counter.addLine(line.toString("latin1")),
    onTooLong: () => counter.addBadLine(),
  });
  for await (const chunk of createReadStream(path)) lines.push(chunk as Buffer);
  lines.finish();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

const LINE =
  /^\s*\d+:\s+([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})\s+([0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}\s+([0-9A-F]{2})\s/i;

/** Adds up lines of `/proc/net/tcp` and `tcp6`. */
export class ConnectionCounter {
  readonly #ports: ReadonlySet<number>;
  /** By the address as the kernel writes it. */
  readonly #byHex = new Map<string, number>();
  #others = 0;
  #badLines = 0;

  constructor(ports: ReadonlySet<number>) {
    this.#ports = ports;
  }

  addLine(line: string): void {
    const match = LINE.exec(line);
    if (match === null) {
      if (!line.includes("local_address")) this.#badLines++; // the head of the table
      return;
    }
    const [, , localPort = "", remote = "", state] = match;
    if (state !== ESTABLISHED || !this.#ports.has(Number.parseInt(localPort, 16))) return;
    const known = this.#byHex.get(remote);
    if (known === undefined && this.#byHex.size >= MAX_ADDRESSES) this.#others++;
    else this.#byHex.set(remote, (known ?? 0) + 1);
  }

  addBadLine(): void {
    this.#badLines++;
  }

  count(): ConnectionCount {
    const byAddress = new Map<string, number>();
    for (const [hex, connections] of this.#byHex) {
      const address = toAddress(hex);
      byAddress.set(address, (byAddress.get(address) ?? 0) + connections);
    }
    if (this.#others > 0) byAddress.set(OTHER_ADDRESSES, this.#others);
    return { byAddress, badLines: this.#badLines };
  }
}

/** The kernel writes each four bytes as one number of the machine: on most machines backwards. */
function toAddress(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  if (endianness() === "LE") bytes.swap32();
  if (bytes.length === 4) return bytes.join(".");
  const isMapped = bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff;
  return isMapped ? bytes.subarray(12).join(".") : toIpv6Text(bytes);
}

/** As RFC 5952 writes it: in lower case, the longest run of zeros left out. */
function toIpv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  return new SocketAddress({ family: "ipv6", address: groups.join(":") }).address;
}
