import type { LoggedRange } from "@/lib/rules/triage/logged-range";
import { shellArgument, steps } from "@/lib/rules/triage/shell-words";
import type { ClientMover } from "@/lib/rules/triage/triage-facts";
import { codeName } from "@/lib/rules/triage/triage-words";

/** What to do about a client whose reads are expensive. */
export function readerSteps(client: ClientMover | null, logged: LoggedRange | null): string[] {
  const address = client?.sourceAddress ?? null;
  const word = address === null ? null : shellArgument(address);
  return steps(
    word &&
      `Find the process at ${codeName(address ?? "")}: ss -tnp dst ${word}, or among pods: kubectl get pods -A -o wide | grep -F ${word}`,
    address === null && client?.userAgent && `Find who calls itself ${codeName(client.userAgent)}.`,
    client === null && "Open the Clients page at this time to see who asked.",
    client?.source === "etcd-log" || client === null
      ? `Have it read in pages (etcdctl get --prefix --limit=500), or watch instead of reading again${logged?.key ? `; it reads ${codeName(logged.key)}` : ""}.`
      : "Have it list with limit, or with resourceVersion=0, which the apiserver answers from its cache; or watch instead.",
    "In an emergency stop it, or close its way to etcd.",
  );
}
