import type { ClientMover } from "@/lib/rules/triage/triage-facts";

const MOST_CHARACTERS = 80;

type Named = Pick<ClientMover, "userAgent" | "user" | "sourceAddress" | "verb" | "resource">;

/**
 * A client for the reader: the program of its agent and who it is; where nobody tells who, the address, else what was
 * asked. Shortened.
 */
export function toClientName({ userAgent, user, sourceAddress, verb, resource }: Named): string {
  const program = userAgent?.split(" ")[0] || null;
  const who = user ?? sourceAddress;
  const parts = [program, who].filter((part) => part !== null && part !== "");
  const words = parts.length > 0 ? parts.join(" as ") : [verb, resource].filter((part) => part !== null).join(" ");
  const name = words === "" ? "not told" : words;
  return name.length <= MOST_CHARACTERS ? name : `${name.slice(0, MOST_CHARACTERS - 1)}…`;
}
