import type { LocalSystemOptions } from '../system/local-system.ts';
import { readArguments, USAGE, UsageError } from './arguments.ts';
import { welcome } from './welcome.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

const stopping = new AbortController();
// `on`, not `once`: npm forwards Ctrl-C twice, and the second signal must not kill us while the first one is being handled.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort());
// A reader of our output may go away. The children must not be orphaned because of that.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exit(await main());

async function main(): Promise<number> {
  try {
    const { json, help, ...options } = readArguments(process.argv.slice(2), process.env);
    if (help) {
      process.stdout.write(USAGE);
      return 0;
    }
    await run(json, options);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    say(sentences(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(json: boolean, options: Omit<LocalSystemOptions, 'log' | 'signal'>): Promise<void> {
  const { signal } = stopping;
  const stopRequested = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => {
      say('Stopping …');
      resolve();
    }),
  );
  // These modules take half a second to load. A signal that arrives meanwhile must find its listener.
  const { startLocalSystem } = await import('../system/local-system.ts');
  await using system = await startLocalSystem({ ...options, log: say, signal });
  process.stdout.write(json ? `${JSON.stringify(system.summary)}\n` : welcome(system));
  await stopRequested;
}

/** The messages of the error and its causes, without stacks: those help developers only. */
function sentences(error: unknown): string {
  if (!Error.isError(error)) return String(error);
  const because = error.cause === undefined ? '' : sentences(error.cause);
  return error.message.includes(because) ? error.message : `${error.message}\n${because}`;
}
