import { setTimeout as delay } from 'node:timers/promises';

import type { Progress } from './way.ts';

/** A running server. `pid` and `exited` are undefined when its process is not ours. */
export type Running = AsyncDisposable & {
  readonly pid: number | undefined;
  readonly exited: Promise<unknown> | undefined;
};

export type Clock = {
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

type Options<Server> = {
  readonly name: string;
  readonly start: (signal: AbortSignal) => Promise<Server>;
  /** Called after the first start and after every restart. */
  readonly onStarted?: (server: Server) => void;
  readonly log: Progress;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
};

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
/** A server that ran this long was healthy, so the pauses begin anew. */
const HEALTHY = 30_000;

const wallClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }),
};

/** Starts a server, and restarts it whenever it ends by itself. Only a failure of the first start is thrown. */
export async function supervise<Server extends Running>(
  options: Options<Server>,
): Promise<AsyncDisposable & { readonly first: Server }> {
  const { name, start, onStarted, log, clock = wallClock } = options;
  const disposed = new AbortController();
  const signal = AbortSignal.any([options.signal, disposed.signal]);
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

  const first = await start(signal);
  onStarted?.(first);
  let current: Server | undefined = first;
  const watching = watch();

  async function watch() {
    for (let pause = FIRST_PAUSE; current?.exited !== undefined;) {
      const since = clock.now();
      await Promise.race([current.exited, ended]);
      if (signal.aborted) return;
      if (clock.now() - since >= HEALTHY) pause = FIRST_PAUSE;
      const died = current;
      current = undefined;
      await died[Symbol.asyncDispose]();
      for (let because = 'has ended'; current === undefined; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        log(`${name} ${because}; starting it again in ${pause / 1000} s`);
        try {
          await clock.wait(pause, signal);
          current = await start(signal);
        } catch (error) {
          if (signal.aborted) return;
          because = `did not start: ${Error.isError(error) ? error.message : String(error)}`;
        }
      }
      onStarted?.(current);
      log(`${name} runs again`);
    }
  }

  return {
    first,
    async [Symbol.asyncDispose]() {
      disposed.abort();
      await watching;
      await current?.[Symbol.asyncDispose]();
    },
  };
}
