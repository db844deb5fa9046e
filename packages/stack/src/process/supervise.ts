import { setTimeout as delay } from 'node:timers/promises';

import type { Progress } from './way.ts';

/** A server of ours; `exited` is undefined where its process is not. */
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
  /** Called for the first and for every later one. */
  readonly onStarted?: (server: Server) => void;
  readonly log: Progress;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
};

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
/** What lived this long was well: its death is no sequel of the one before. */
const HEALTHY = 30_000;

const wallClock: Clock = {
  now: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }),
};

/** Starts a server, and starts it again whenever it ends by itself. Only the first start may fail. */
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
