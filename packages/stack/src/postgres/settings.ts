/** Every PostgreSQL for Kith needs these settings, wherever it runs (docs/operations.md, "PostgreSQL"). */
export const SETTINGS: readonly string[] = [
  // Four services have a pool each, and tests run several systems side by side.
  'max_connections=400',
  // The log must hold no values: neither `Key (…)=(…) already exists` nor the parameters of a statement.
  'log_error_verbosity=terse',
  'log_parameter_max_length=0',
  'log_parameter_max_length_on_error=0',
];

/** Relaxed settings for tests: nothing waits for the disk. */
export const HASTY: readonly string[] = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Turns settings into arguments of `postgres`. */
export const asArguments = (settings: readonly string[]): string[] => settings.flatMap((setting) => ['-c', setting]);
