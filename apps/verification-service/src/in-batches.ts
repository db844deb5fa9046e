/**
 * Gathers the items that arrive while a batch runs into the next one, so that many share a commit and none waits for a timer. A caller's
 * promise settles with its batch.
 */
export function inBatches<Item>(
  work: (batch: readonly Item[]) => Promise<void>,
  limit: number,
): (item: Item) => Promise<void> {
  type Waiting = { readonly item: Item; readonly resolve: () => void; readonly reject: (reason: unknown) => void };
  const waiting: Waiting[] = [];
  let running = false;

  async function run() {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, limit);
      try {
        await work(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // A microtask later, so that other items that are ready now come along.
      if (!running) queueMicrotask(() => running || void run());
    });
}
