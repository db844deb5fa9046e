import { setTimeout as delay } from 'node:timers/promises';

import { goals } from './goals/index.ts';
import type { Context } from './harness/context.ts';
import { profiling } from './harness/cpu-profile.ts';
import { REPOSITORY, startKith } from './harness/kith.ts';
import { startSystem } from './harness/system.ts';
import { type Command, type Options, readOptions, usage, UsageError } from './options.ts';
import type { Figure } from './report/figure.ts';
import { toMarkdown } from './report/markdown.ts';
import { readReports, reportOf, type Run, writeReport } from './report/run.ts';
import { toText } from './report/text.ts';
import { refuseOthers, versus } from './versus.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const say = (line: string) => void process.stderr.write(`${line}\n`);

const stopping = new AbortController();
const stopped = new Promise<never>((_, reject) => {
  const stop = (reason: unknown) => {
    stopping.abort(reason);
    reject(new Error('Stopped.', { cause: reason }));
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(`Stopped by ${signal}.`));
  // An unhandled error must not leave systems running. Errors after a stop are expected.
  for (const fault of ['uncaughtException', 'unhandledRejection']) process.on(fault, stop);
});
stopped.catch(() => {});
const under: Promise<unknown>[] = [];
/** This is longer than a turn. */
const CLOSING_MS = 10_000;

process.exit(await main());

async function main(): Promise<number> {
  try {
    // npm runs this in the repository, but paths are relative to the user's folder.
    const cwd = process.env['INIT_CWD'] ?? process.cwd();
    const options = readOptions(process.argv.slice(2), cwd, Object.keys(goals));
    const { command } = options;
    if (command.name === 'help') print(usage(goals));
    else if (command.name === 'report') print(toMarkdown(readReports(command.files)));
    else await run(command, options);
    return 0;
  } catch (error) {
    // The work under way fails now and closes what it has opened.
    await Promise.race([Promise.allSettled(under), delay(CLOSING_MS)]);
    return explain(stopping.signal.aborted ? stopping.signal.reason : error);
  }
}

/** Prints why the run ends, in one sentence if that is enough. Returns the exit code. */
function explain(reason: unknown): number {
  if (reason instanceof UsageError) {
    say(reason.message);
    return 2;
  }
  say(Error.isError(reason) ? (reason.stack ?? reason.message) : String(reason));
  return 1;
}

async function run(command: Exclude<Command, { name: 'help' | 'report' }>, options: Options): Promise<void> {
  const { json, markdown, profile } = options;
  const context: Context = { ...options, say, signal: stopping.signal };
  const runs: Run[] = [];
  const finished = (line: string, figures: readonly Figure[]) => {
    figures.map(toText).forEach(print);
    runs.push({ command: line, figures });
    // The file is written after each goal, so that an interrupted run keeps its results.
    if (json) writeReport(json, reportOf(runs, options, REPOSITORY));
  };
  if (command.name === 'versus') {
    finished(`npm run bench -- versus --against ${command.against}`, await compared(command, context));
  } else {
    await compile(REPOSITORY);
    for (const name of command.goals) finished(`npm run bench -- ${name}`, await measured(name, context, profile));
  }
  if (markdown) print(toMarkdown(reportOf(runs, options, REPOSITORY)));
}

/** The first start writes the cache of compiled code. With it each service is 20 MB smaller and starts in half the time. */
async function compile(checkout: string): Promise<void> {
  say(`a first start of ${checkout}, which compiles`);
  await using _ = await startKith(checkout, { say, signal: stopping.signal });
}

type Versus = Extract<Command, { name: 'versus' }>;

async function compared({ against, jobs }: Versus, context: Context): Promise<readonly Figure[]> {
  refuseOthers(against);
  for (const checkout of [REPOSITORY, against]) await compile(checkout);
  await using here = await startKith(REPOSITORY, { say, signal: stopping.signal });
  await using there = await startKith(against, { say, signal: stopping.signal });
  return await untilStopped(versus({ here, there, against }, jobs, context));
}

/** Each goal has its own system, so none measures what another has left behind. */
async function measured(name: string, context: Context, profile: string | undefined): Promise<readonly Figure[]> {
  const profiles = profile ? profiling(profile, name) : undefined;
  let figures: readonly Figure[];
  {
    await using system = await startSystem({ say, signal: stopping.signal });
    print(`${name}: PostgreSQL with ${system.durability}\n`);
    profiles?.begin();
    figures = await untilStopped(goals[name]!.measure(system, context));
  }
  if (profiles) print(profiles.summary());
  return figures;
}

function untilStopped<Result>(work: Promise<Result>): Promise<Result> {
  under.push(work);
  return Promise.race([work, stopped]);
}
