/** Reports progress to a person, one line per call. */
export type Progress = (line: string) => void;

/** The function that starts the server, or the reason why this way does not apply here. */
export type Found<Server> = { readonly start: () => Promise<Server> } | { readonly reason: string };

/** One way to get a server: an address in the environment, a program started here, or a container. */
export type Way<Server> = { readonly name: string; readonly find: () => Promise<Found<Server>> };

export type PostgresOptions = {
  /** Holds the data, the password and the log. */
  readonly folder: string;
  readonly port?: number;
  /** False in tests: a crash of the machine may lose the data. */
  readonly durable: boolean;
  readonly log: Progress;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
};

export type Postgres = AsyncDisposable & {
  /** Logs in as the superuser, into the database `postgres`. */
  readonly url: string;
  /** Undefined, like `exited`, when the process is not ours. */
  readonly pid: number | undefined;
  readonly exited: Promise<void> | undefined;
};

export type KafkaOptions = {
  /** Holds the data and the log. */
  readonly folder: string;
  readonly port?: number;
  readonly log: Progress;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
};

export type KafkaBroker = AsyncDisposable & {
  readonly brokers: readonly string[];
  /** Undefined, like `exited`, when the process is not ours. */
  readonly pid: number | undefined;
  readonly exited: Promise<void> | undefined;
};

/** Starts by the first way that applies. The log says why an earlier way does not, except the first: most people set no address. */
export async function firstWay<Server>(server: string, ways: readonly Way<Server>[], log: Progress): Promise<Server> {
  const reasons: string[] = [];
  for (const { name, find } of ways) {
    if (reasons.length > 1) log(`${server}, ${reasons.at(-1)}`);
    const found = await find();
    if ('start' in found) return found.start();
    reasons.push(`${name}: ${found.reason}`);
  }
  throw new Error(`There is no way to start ${server} here.\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`);
}
