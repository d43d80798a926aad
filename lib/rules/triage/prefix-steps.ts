import { toKubernetesPlace } from "@/lib/model/kubernetes";
import type { PrefixMove } from "@/lib/rules/triage/prefix-moves";
import { hotKeyOf } from "@/lib/rules/triage/prefix-words";
import { command, shellArgument, shellKey, steps } from "@/lib/rules/triage/shell-words";

/** What to do about a prefix that became hot: who writes it, and how to slow it down. */
export function prefixSteps(move: PrefixMove): string[] {
  const { prefix } = move;
  if (prefix.isEvents) return eventSteps(prefix.prefix);
  const key = hotKeyOf(move)?.key ?? null;
  const place = key === null ? null : toKubernetesPlace(key);
  if (place?.resource && place.name !== null) return objectSteps(place.resource, place.namespace, place.name);
  const within = toKubernetesPlace(prefix.prefix);
  const target = shellKey(key ?? prefix.prefix);
  return steps(
    within?.resource
      ? "See which client writes it: the Clients page, by resource and verb."
      : "See which client writes it: its connections and its log.",
    key !== null
      ? command`Its revisions and how often it was written: etcdctl get ${target} -w fields | grep -v Value`
      : command`Which keys lie there: etcdctl get --prefix --keys-only --limit=20 -- ${target}`,
    "Open the heatmap at that time: is it the whole prefix, or a few keys of it?",
    "Slow its writer down, or move what changes fast to a small key of its own.",
  );
}

function eventSteps(prefix: string): string[] {
  const namespace = toKubernetesPlace(prefix)?.namespace ?? null;
  const word = namespace === null ? null : shellArgument(namespace);
  const scope = word === null ? "-A" : `-n ${word}`;
  return [
    `See what is reported: kubectl get events ${scope} --sort-by=.lastTimestamp | tail -50`,
    "Fix what reports it, or scale it down for now.",
    "Limit events per namespace: --enable-admission-plugins=EventRateLimit on the apiserver.",
    "Give events an etcd of their own: --etcd-servers-overrides=/events#<urls>",
  ];
}

function objectSteps(resource: string, namespace: string | null, name: string): string[] {
  const [kind, object] = [shellArgument(resource), shellArgument(name)];
  const space = namespace === null ? "" : shellArgument(namespace);
  const scope = space === "" ? "" : space === null ? null : ` -n ${space}`;
  return steps(
    command`Who writes it: kubectl get ${kind} ${object}${scope} -o json --show-managed-fields | jq '.metadata.managedFields[]|{manager,operation,time}'`,
    "Two managers in turn are two controllers that fight; one is a loop. Stop or fix it.",
    "Move what changes fast (a status, a heartbeat) to a Lease or a small object.",
  );
}
