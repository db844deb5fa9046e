import { repeat } from '@kith/event-store';

import type { Answerer } from '../checks/index.ts';
import { inBatches } from '../in-batches.ts';
import type { NewCheck, OpenCheck, Postponed } from '../queries/open-checks.ts';
import { newPlaces } from './places.ts';
import { type Found, recordAll, settle, type Settling } from './settle.ts';

/** The most outcomes that one statement stores. */
const STORED_AT_ONCE = 100;
/** A lease is longer than any attempt: name servers have seconds to answer. */
const LEASE_MS = 30_000;

export type CheckRunner = AsyncDisposable & {
  /** Looks for new checks now rather than at the next poll. */
  readonly wake: () => void;
  /** Answers the checks that can start at once. */
  readonly admit: (checks: readonly NewCheck[]) => readonly NewCheck[];
  /** Starts these checks, which are claimed already. */
  readonly start: (claimed: readonly OpenCheck[]) => void;
};

/** The end of a claim that is made now. */
export const leaseEnd = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/**
 * Runs the checks that are due. Any number of processes may do so side by side; no transaction is open while a check runs. Checks that ask
 * nobody have a lane of their own, so that they never wait for checks that ask name servers.
 */
export function runChecks(deps: Settling, { pollMs = 500 }: { readonly pollMs?: number } = {}): CheckRunner {
  const outcome = {
    record: inBatches<Found>((found) => recordAll(deps, found), STORED_AT_ONCE),
    postpone: inBatches<Postponed>((all) => deps.openChecks.postpone(all), STORED_AT_ONCE),
  };
  const make = (check: OpenCheck) => settle(deps, check, outcome);
  const lanes = { nobody: openLane('nobody', deps, make, pollMs), dns: openLane('dns', deps, make, pollMs) };
  const all = Object.values(lanes);

  return {
    wake: () => all.forEach(({ wake }) => wake()),
    admit: (checks) => all.flatMap(({ asks, admit }) => admit(checks.filter((check) => check.asks === asks))),
    start(claimed) {
      for (const check of claimed) lanes[check.asks].start(check);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((lane) => lane[Symbol.asyncDispose]()));
    },
  };
}

/** Claims the checks of one lane while it has places, and starts them at once. */
function openLane(
  asks: Answerer,
  { openChecks, clock, onError }: Settling,
  make: (check: OpenCheck) => Promise<void>,
  pollMs: number,
) {
  const places = newPlaces();
  const running = new Set<Promise<void>>();

  async function claim(): Promise<boolean> {
    const room = places.room();
    if (room.shared + room.reserved === 0) return false;
    const now = clock();
    const claimed = await openChecks.claim(asks, room, { now, leaseEnd: leaseEnd(now) });
    claimed.forEach(start);
    return claimed.length > 0;
  }
  const claiming = repeat(claim, { everyMs: pollMs, onError });

  function start(check: OpenCheck) {
    places.take(check);
    const run: Promise<void> = make(check)
      // The lease runs out, and the check is tried again.
      .catch(onError)
      .finally(() => {
        running.delete(run);
        if (places.giveBack(check)) claiming.wake();
      });
    running.add(run);
  }

  return {
    asks,
    wake: claiming.wake,
    admit: places.admit,
    start,
    async [Symbol.asyncDispose]() {
      await claiming[Symbol.asyncDispose]();
      await Promise.all(running);
    },
  };
}
