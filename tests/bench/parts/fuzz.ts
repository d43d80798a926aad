import fc from "fast-check";
import type { Bench } from "@/tests/bench/bench";
import { checkHostilePage, hostilePage } from "@/tests/collectors/metrics/prometheus-pages";
import {
  checkBody,
  checkReducedAudit,
  checkReducedLine,
  hostileAuditEvent,
  hostileBody,
  hostileLogLine,
} from "@/tests/lib/model/hostile-events";

/**
 * What comes from outside, as bad as it can be made: each parser is given many inputs that were made up to harm it. It must
 * neither throw, nor hang, nor answer anything that is too long or cannot be stored. A failure is told with the input, made as
 * small as it can be, and with the seed that brings it back.
 */
const INPUTS = 100_000;
/** Inputs between two looks at the clock and at everything else. */
const BATCH = 2_000;

interface Subject {
  name: string;
  run(inputs: { numRuns: number; seed: number }): void;
}

const SUBJECTS: readonly Subject[] = [
  subject("audit event", hostileAuditEvent(), checkReducedAudit),
  subject("line of etcd's log", hostileLogLine(), checkReducedLine),
  subject("body of a batch", hostileBody(), (body) => checkBody(body, 7)),
  subject("page of metrics", hostilePage, (page) => checkHostilePage(page, 7)),
];

export async function measureFuzz(bench: Bench): Promise<void> {
  const inputs = bench.scaled(INPUTS);
  const firstSeed = Date.now() % 2 ** 31;
  for (const { name, run } of SUBJECTS) {
    const startMs = performance.now();
    let slowestMs = 0;
    for (let done = 0; done < inputs; done += BATCH) {
      const numRuns = Math.min(BATCH, inputs - done);
      const batchMs = performance.now();
      run({ numRuns, seed: (firstSeed + done) % 2 ** 31 });
      slowestMs = Math.max(slowestMs, (performance.now() - batchMs) / numRuns);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
    const words = `${inputs.toLocaleString("en")} inputs in ${seconds} s, seeds from ${firstSeed}`;
    bench.say(`${name}: ${words}, none harmful; slowest ${BATCH}: ${slowestMs.toFixed(2)} ms an input`);
  }
}

function subject<Input>(name: string, inputs: fc.Arbitrary<Input>, check: (input: Input) => void): Subject {
  return {
    name,
    run: (options) =>
      fc.assert(
        fc.property(inputs, (input) => check(input)),
        options,
      ),
  };
}
