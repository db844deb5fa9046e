export type Repeated = AsyncDisposable & {
  /** There is something to do: now rather than at the next time. */
  readonly wake: () => void;
};

type Options = { readonly everyMs: number; readonly onError: (error: unknown) => void };

/**
 * Does work now, every so often, and when woken; never twice at once. `work` does a part of it, and says whether there may be more: between
 * two parts it can be stopped, and after a crash it begins anew.
 */
export function repeat(work: () => Promise<boolean>, { everyMs, onError }: Options): Repeated {
  let stopped = false;
  let again = false;
  let busy = false;
  let running: Promise<void> | undefined;

  const wake = () => {
    again = true;
    if (!busy) running = run();
  };
  const timer = setInterval(wake, everyMs).unref();

  async function run() {
    busy = true;
    try {
      while (again && !stopped) {
        again = false;
        while (!stopped && (await work()));
      }
    } catch (error) {
      onError(error);
    } finally {
      // Here, not when the promise is settled: a wake in between would be lost.
      busy = false;
    }
  }

  wake();
  return {
    wake,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
