import { setInterval } from 'node:timers';

import { isLimited, type Limited, nextOf, type RateLimit, taken } from './rate-limit.ts';

const SWEEP_MS = 60_000;

/** A sliding log in this process, of 8 bytes for each call in the window: for a gateway that is alone. */
export function memoryRateLimit(clock: () => number = Date.now): RateLimit {
  const logs = new Map<string, { calls: number[]; expires: number }>();

  const sweep = setInterval(() => {
    const now = clock();
    for (const [id, { expires }] of logs) if (expires <= now) logs.delete(id);
  }, SWEEP_MS).unref();

  function logOf({ name, of, seconds }: Limited, now: number) {
    const id = `${name} ${of}`;
    const log = logs.get(id) ?? { calls: [], expires: 0 };
    logs.set(id, log);
    const from = log.calls.findIndex((at) => at > now - seconds * 1000);
    log.calls.splice(0, from === -1 ? log.calls.length : from);
    return log;
  }

  return {
    async take(_, windows) {
      const now = clock();
      const limited = windows.filter(isLimited);
      const counted = limited.map((window) => ({ window, log: logOf(window, now) }));
      const allowed = counted.every(({ window, log }) => log.calls.length < window.limit);
      if (allowed) {
        for (const { window, log } of counted) {
          log.calls.push(now);
          log.expires = now + window.seconds * 1000;
        }
      }
      const states = counted.map(({ window, log: { calls } }) => ({
        calls: calls.length,
        next: calls[nextOf(calls.length, window.limit)],
      }));
      return taken(allowed, limited, states, now);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
    },
  };
}
