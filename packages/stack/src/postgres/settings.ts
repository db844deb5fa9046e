/** As any PostgreSQL for Kith is to be set up, wherever it runs (docs/operations.md, "PostgreSQL"). */
export const SETTINGS: readonly string[] = [
  // Four services with their pools; tests run several systems beside each other.
  'max_connections=400',
  // No value in its log: neither `Key (…)=(…) already exists` nor the parameters of a statement.
  'log_error_verbosity=terse',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
];

/** Relaxed settings for tests: nothing waits for the disk. */
export const HASTY: readonly string[] = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** As arguments of `postgres`. */
export const asArguments = (settings: readonly string[]): string[] => settings.flatMap((setting) => ['-c', setting]);
