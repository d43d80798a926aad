/** Keyspaces of different shapes, each some ten thousand keys, the same in every run. Not sorted. */
export const KEYSPACES: Record<string, () => Buffer[]> = {
  "a Kubernetes cluster": kubernetes,
  "equal namespaces": () =>
    count(100_000, (i) => `/registry/${KINDS[i % KINDS.length]}/ns-${i % 97}/object-${i}`).map(toBuffer),
  "hex ids under one prefix": () => count(100_000, (_, random) => `/objects/${hex(random, 24)}`).map(toBuffer),
  "numbers counted up": () => count(100_000, (i) => `item-${i}`).map(toBuffer),
  "numbers of fixed length": () => count(200_000, (i) => `/bench/${String(i).padStart(8, "0")}`).map(toBuffer),
  "few deep prefixes": deep,
  "random bytes": () => count(100_000, (_, random) => Buffer.from(count(12, () => Math.floor(random() * 256)))),
  "one long prefix": () => count(100_000, (_, random) => `${"x".repeat(300)}/${name(random, 10)}`).map(toBuffer),
  instants: () =>
    count(100_000, (i, random) => `logs/${new Date(1.7e12 + i * 97_000).toISOString()}/${hex(random, 4)}`).map(
      toBuffer,
    ),
};

const KINDS = ["pods", "events", "configmaps", "secrets", "leases", "replicasets"];
const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

function kubernetes(): Buffer[] {
  const kinds = {
    configmaps: 10_000,
    events: 60_000,
    leases: 2_000,
    pods: 40_000,
    replicasets: 15_000,
    secrets: 15_000,
  };
  const namespaces = count(120, (i) =>
    i < 60 ? `team-${i}` : `${["kube-system", "ci-build", "prod-eu"][i % 3]}-${i}`,
  );
  const keys = Object.entries(kinds).flatMap(([kind, keys]) =>
    count(keys, (_, random) => {
      const namespace = namespaces[Math.floor(120 * random() ** 2)];
      const app = ["web", "api", "worker", "db"][Math.floor(random() * 4)];
      const suffix = kind === "events" ? `${name(random, 5)}.${hex(random, 16)}` : name(random, 8);
      return `/registry/${kind}/${namespace}/${app}-${suffix}`;
    }),
  );
  return [...keys, ...count(300, (i) => `/registry/minions/node-${i}`)].map(toBuffer);
}

function deep(): Buffer[] {
  return ["a", "b", "c", "d"]
    .flatMap((company) => ["x", "yy", "zzz"].map((division) => `/org/company-${company}/departments/${division}/users`))
    .flatMap((prefix) => count(10_000, (_, random) => `${prefix}/settings/${name(random, 8)}/value`))
    .map(toBuffer);
}

function count<Item>(length: number, make: (i: number, random: () => number) => Item): Item[] {
  const random = seeded();
  return Array.from({ length }, (_, i) => make(i, random));
}

/** A linear congruential generator: numbers from 0 to 1, the same each time. */
function seeded(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function name(random: () => number, length: number): string {
  return Array.from({ length }, () => NAME_LETTERS[Math.floor(random() * NAME_LETTERS.length)]).join("");
}

function hex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}

function toBuffer(text: string): Buffer {
  return Buffer.from(text);
}
