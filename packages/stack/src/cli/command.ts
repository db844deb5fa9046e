import { UsageError } from './arguments.ts';

/** One of the `kith` commands. */
export type Command = {
  readonly usage: string;
  /** Prints its answer and returns the exit code. */
  readonly run: (args: string[], env: NodeJS.ProcessEnv) => Promise<number>;
};

/** Answers unusable arguments with the reason and the usage. */
export function readOrExplain<Result>(usage: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}
