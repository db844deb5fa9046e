const LONGEST_REASON = 500;

/** The reason why a message is parked, for the operator. It stays in the parking lot and is erased with the message. */
export const reasonOf = (error: unknown): string =>
  (Error.isError(error) ? `${error.name}: ${error.message}` : String(error)).slice(0, LONGEST_REASON);

/** The part of an error that may be logged. Its message may not: it may quote the data that was handled. */
export function traceOf(error: unknown): { error: string; code?: string; at?: string } {
  if (!Error.isError(error)) return { error: typeof error };
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return {
    error: error.name,
    ...('code' in error && { code: String(error.code) }),
    ...(frames.length > 0 && {
      at: frames
        .slice(0, 5)
        .map((line) => line.trim())
        .join(' < '),
    }),
  };
}
