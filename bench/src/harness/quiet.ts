import { setTimeout as delay } from 'node:timers/promises';

type Clock = { readonly now: () => number; readonly wait: (ms: number) => Promise<unknown> };

type Options = {
  /** Describes the state that may still change. Equal answers mean no change. */
  readonly look: () => Promise<string>;
  readonly onChange?: () => void;
  readonly clock?: Clock;
};

const POLL_MS = 100;
/** This is longer than a relay may rest between two rounds (1 s). */
export const QUIET_MS = 2_000;
const wallClock: Clock = { now: () => performance.now(), wait: (ms) => delay(ms) };

/** Resolves once nothing has changed for two seconds, with the time of the last change, or of the call if there was none. */
export async function untilQuiet({ look, onChange, clock = wallClock }: Options): Promise<number> {
  let since = clock.now();
  let seen = await look();
  while (clock.now() - since < QUIET_MS) {
    await clock.wait(POLL_MS);
    const at = clock.now();
    const now = await look();
    if (now === seen) continue;
    seen = now;
    since = at;
    onChange?.();
  }
  return since;
}
