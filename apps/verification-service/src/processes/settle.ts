import type { Addressed, CommandHandler } from '@kith/event-store';
import { Counter } from 'prom-client';

import { type Assessment, type Checks, verify } from '../checks/index.ts';
import { verdictId } from '../command-ids.ts';
import type { VerificationState, VerificationCommand } from '../domain/verification.ts';
import type { OpenCheck, OpenChecks, Postponed } from '../queries/open-checks.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

export type Settling = {
  readonly openChecks: OpenChecks;
  readonly checks: Checks;
  readonly verifications: CommandHandler<VerificationState, VerificationCommand>;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
};

export type Found = { readonly check: OpenCheck; readonly found: Assessment; readonly at: Date };

/** Stores the outcome of an attempt. */
type Outcome = {
  readonly record: (found: Found) => Promise<void>;
  readonly postpone: (postponed: Postponed) => Promise<void>;
};

const settled = new Counter({
  name: 'kith_checks_settled_total',
  help: 'Values that have been checked, by field and status.',
  labelNames: ['field', 'status'] as const,
});

/** Makes one attempt. A crash at any line repeats the check, and its verdict is recorded once. */
export async function settle(
  deps: Settling,
  check: OpenCheck,
  { record, postpone }: Outcome = oneByOne(deps),
): Promise<void> {
  const found = await assess(deps, check);
  const at = deps.clock();
  if (!found.answered && at < check.deadline) return postpone({ check, until: nextAttempt(check, at) });
  await record({ check, found, at });
}

const oneByOne = (deps: Settling): Outcome => ({
  record: (found) => recordAll(deps, [found]),
  postpone: (postponed) => deps.openChecks.postpone([postponed]),
});

/** Records verdicts and deletes their checks, in one statement. */
export async function recordAll({ openChecks, verifications }: Settling, all: readonly Found[]): Promise<void> {
  const facts = await verifications.handleAll(all.map(commandOf));
  for (const [n, { check, found }] of all.entries()) {
    // The verdict was known: the statement stored nothing, and so it closed no check.
    if (facts[n] === 0) await openChecks.close(check);
    settled.inc({ field: check.field, status: found.status });
  }
}

function commandOf({ check, found, at }: Found): Addressed<VerificationCommand> {
  const { contactId, workspaceId, field, valueVersion, meta } = check;
  return {
    id: String(contactId),
    command: {
      type: 'RecordVerdict',
      contactId,
      workspaceId,
      field,
      valueVersion,
      status: found.status,
      reasons: found.answered ? [...found.reasons] : [...found.reasons, 'no_answer'],
      evidence: [...found.evidence],
      checkedAt: at.toISOString(),
    },
    context: { commandId: verdictId(check), meta },
  };
}

/** Treats a check that throws as one without an answer: the contact must not wait forever for its repair. */
async function assess({ checks, onError }: Settling, { field, value }: OpenCheck): Promise<Assessment> {
  try {
    return await verify(value, checks[field]);
  } catch (error) {
    onError(error);
    return { status: 'unknown', answered: false, reasons: ['check_failed'], evidence: [] };
  }
}

/** Retries back off exponentially, with jitter; the last one is at the deadline. */
function nextAttempt({ attempts, deadline }: OpenCheck, now: Date): Date {
  const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
  const next = new Date(now.getTime() + wait * (0.5 + Math.random() / 2));
  return next < deadline ? next : deadline;
}
