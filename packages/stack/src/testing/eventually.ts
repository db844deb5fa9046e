import { setTimeout as delay } from 'node:timers/promises';

/** Repeats the assertion every `every` ms until it does not throw. After `timeout` ms it throws the last error. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeout = 10_000, every = 20 }: { timeout?: number; every?: number } = {},
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= end) throw error;
      await delay(every);
    }
  }
}
