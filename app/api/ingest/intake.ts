import { FairTurns } from "@/app/api/ingest/fair-turns";
import { InboxGauge } from "@/app/api/ingest/inbox-gauge";
import { IntakeLimits } from "@/app/api/ingest/intake-limits";
import { TokenDesk } from "@/app/api/ingest/token-desk";

/** What the ingest endpoints of a process share. */
export interface Intake {
  tokens: TokenDesk;
  limits: IntakeLimits;
  inbox: InboxGauge;
  /** Taking JSON apart: one piece at a time, since there is one thread for it. */
  parsing: FairTurns;
  /** Writing batches: a few at a time, so that connections are left for the pages. */
  writing: FairTurns;
}

const WRITERS = 4;

/** Next may evaluate a module more than once in a process; this lives beside all copies. */
const shared = globalThis as typeof globalThis & { etcdscopeIntake?: Intake };

/** The process's intake, made at the first call. */
export function intake(): Intake {
  shared.etcdscopeIntake ??= {
    tokens: new TokenDesk(),
    limits: new IntakeLimits(),
    inbox: new InboxGauge(),
    parsing: new FairTurns(1),
    writing: new FairTurns(WRITERS),
  };
  return shared.etcdscopeIntake;
}
