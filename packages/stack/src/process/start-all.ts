/**
 * Starts several things at once. When one start fails, the others are aborted, those that had succeeded are disposed of,
 * and the first failure is thrown.
 */
export async function startAll<Things extends AsyncDisposable[]>(
  starts: readonly [...{ [Index in keyof Things]: (signal: AbortSignal) => Promise<Things[Index]> }],
  signal: AbortSignal,
): Promise<Things> {
  const failed = new AbortController();
  const failures: unknown[] = [];
  const either = AbortSignal.any([signal, failed.signal]);
  const results = await Promise.allSettled(
    starts.map(async (start) => {
      try {
        return await start(either);
      } catch (error) {
        failures.push(error);
        failed.abort();
        throw error;
      }
    }),
  );
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failures.length === 0) return started as AsyncDisposable[] as Things;
  await Promise.all(started.map((thing) => thing[Symbol.asyncDispose]()));
  throw failures[0];
}
