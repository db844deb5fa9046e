import { setTimeout as delay } from 'node:timers/promises';

import type { Addressed, CommandHandler } from '@kith/event-store';
import { Counter } from 'prom-client';

import { type Assessment, type Checks, verify } from '../checks/index.ts';
import { verdictId } from '../command-ids.ts';
import type { Verification, VerificationCommand } from '../domain/verification.ts';
import { inBatches } from '../in-batches.ts';
import type { OpenCheck, OpenChecks } from '../queries/open-checks.ts';

/** Most of them wait for a name server; one that does not answer takes seconds. */
const CONCURRENCY = 128;
const RECORDED_AT_ONCE = 100;
/** Longer than any attempt takes: name servers are given up on after seconds. */
const LEASE_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

export type CheckRunner = AsyncDisposable & {
  /** There are new checks: look now rather than at the next poll. */
  readonly wake: () => void;
  /** How many more can be made at once. */
  readonly room: () => number;
  /** Makes these, which are claimed already. */
  readonly start: (claimed: readonly OpenCheck[]) => void;
};

/** For how long an attempt is whose it was claimed by. */
export const leaseEnd = (now: Date): Date => after(now, LEASE_MS);

type Deps = {
  readonly openChecks: OpenChecks;
  readonly checks: Checks;
  readonly verifications: CommandHandler<Verification, VerificationCommand>;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
};

const settled = new Counter({
  name: 'kith_checks_settled_total',
  help: 'Values that have been checked, by what was found.',
  labelNames: ['field', 'status'] as const,
});

/** Makes the checks that are due. Any number of processes may do so side by side; no transaction is open while one is made. */
export function runChecks(deps: Deps, { pollMs = 500 }: { readonly pollMs?: number } = {}): CheckRunner {
  const { openChecks, clock, onError } = deps;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let waking = new AbortController();

  const room = () => Math.max(CONCURRENCY - running.size, 0);

  async function claim(): Promise<OpenCheck[]> {
    const now = clock();
    try {
      return await openChecks.claim(room(), { now, leaseEnd: leaseEnd(now) });
    } catch (error) {
      onError(error);
      return [];
    }
  }
  const record = inBatches<Found>((found) => recordAll(deps, found), RECORDED_AT_ONCE);

  function start(claimed: readonly OpenCheck[]) {
    for (const check of claimed) {
      const run: Promise<void> = settle(deps, check, record)
        // Its lease runs out, and it is tried again.
        .catch(onError)
        .finally(() => running.delete(run));
      running.add(run);
    }
  }
  const pause = () => delay(pollMs, undefined, { signal: waking.signal }).catch(() => {});

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      const claimed = await claim();
      start(claimed);
      if (room() === 0) await Promise.race(running);
      else if (claimed.length === 0) await pause();
    }
    await Promise.all(running);
  })();

  return {
    wake: () => waking.abort(),
    room,
    start,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      waking.abort();
      await loop;
    },
  };
}

type Found = { readonly check: OpenCheck; readonly found: Assessment; readonly at: Date };

/** One attempt. Whatever line it dies on, the check is made again and its verdict recorded once. */
export async function settle(
  deps: Deps,
  check: OpenCheck,
  record = (found: Found) => recordAll(deps, [found]),
): Promise<void> {
  const found = await assess(deps, check);
  const at = deps.clock();
  if (!found.answered && at < check.deadline) return deps.openChecks.postpone(check, nextAttempt(check, at));
  await record({ check, found, at });
}

/** Verdicts, and with them the end of their checks, in one statement. */
async function recordAll({ openChecks, verifications }: Deps, all: readonly Found[]): Promise<void> {
  const facts = await verifications.handleAll(all.map(commandOf));
  for (const [n, { check, found }] of all.entries()) {
    // Known before: then the statement that would have closed it stored nothing.
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

/** A check that fails of itself answers nothing: the contact must not wait for its repair for ever. */
async function assess({ checks, onError }: Deps, { field, value }: OpenCheck): Promise<Assessment> {
  try {
    return await verify(value, checks[field]);
  } catch (error) {
    onError(error);
    return { status: 'unknown', answered: false, reasons: ['check_failed'], evidence: [] };
  }
}

/** Later each time, never all at once, and for the last time at the deadline. */
function nextAttempt({ attempts, deadline }: OpenCheck, now: Date): Date {
  const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
  const next = after(now, wait * (0.5 + Math.random() / 2));
  return next < deadline ? next : deadline;
}

const after = (time: Date, ms: number) => new Date(time.getTime() + ms);
