import { setTimeout as delay } from 'node:timers/promises';

/** Tries every so many milliseconds until it stops throwing; its last error when time is up. */
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
