import { Problem } from '@kith/contracts';

/** Does work for somebody when it is their turn. Work that nobody waits for any more, by its signal, is not begun. */
export type Turns = <Result>(who: string, work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

type Options = {
  /** Units of work under way at once. */
  readonly places: number;
  /** Places that one may hold. Fewer than all leave room for the next one. */
  readonly each: number;
  /** Units of work of one that may wait, */
  readonly waiting: number;
  /** and the time that each may wait. */
  readonly patienceMs: number;
  /** The answer to one who has too much waiting, or waited too long. */
  readonly refusal: string;
};

type Line = { underWay: number; readonly waiting: Set<() => void> };

/** A flood of one delays only itself: a place that becomes free goes round among those who wait. */
export function turns({ places, each, waiting, patienceMs, refusal }: Options): Turns {
  // The order is that of their turns.
  const lines = new Map<string, Line>();
  let free = places;

  const refused = () => new Problem('unavailable', refusal, { retryAfter: 1 });

  function lineOf(who: string): Line {
    const line = lines.get(who) ?? { underWay: 0, waiting: new Set() };
    lines.set(who, line);
    return line;
  }

  function begin(who: string, line: Line) {
    free--;
    line.underWay++;
    lines.delete(who);
    lines.set(who, line);
  }

  function end(who: string, line: Line) {
    free++;
    line.underWay--;
    forgetIdle(who, line);
    for (const { underWay, waiting: queue } of lines.values()) {
      const [call] = queue;
      if (call && underWay < each) return call();
    }
  }

  function forgetIdle(who: string, line: Line) {
    if (line.underWay === 0 && line.waiting.size === 0) lines.delete(who);
  }

  function place(who: string, line: Line, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call = () => {
      leave();
      begin(who, line);
      resolve();
    };
    const giveUp = (why: Error) => {
      leave();
      forgetIdle(who, line);
      reject(why);
    };
    const onAbort = () => giveUp(signal?.reason as Error);
    const patience = setTimeout(() => giveUp(refused()), patienceMs);
    const leave = () => {
      clearTimeout(patience);
      line.waiting.delete(call);
      signal?.removeEventListener('abort', onAbort);
    };
    line.waiting.add(call);
    signal?.addEventListener('abort', onAbort);
    return promise;
  }

  return async (who, work, signal) => {
    signal?.throwIfAborted();
    const line = lineOf(who);
    if (free > 0 && line.underWay < each) begin(who, line);
    else if (line.waiting.size < waiting) await place(who, line, signal);
    else throw refused();
    try {
      return await work();
    } finally {
      end(who, line);
    }
  };
}
