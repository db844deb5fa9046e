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
  // An error that nobody awaits must not leave systems running. Those that come of stopping are no news.
  for (const fault of ['uncaughtException', 'unhandledRejection']) process.on(fault, stop);
});
stopped.catch(() => {});
const under: Promise<unknown>[] = [];
/** Longer than a turn. */
const CLOSING_MS = 10_000;

process.exit(await main());

async function main(): Promise<number> {
  try {
    // npm runs this in the repository; paths are those of whoever typed them.
    const cwd = process.env['INIT_CWD'] ?? process.cwd();
    const options = readOptions(process.argv.slice(2), cwd, Object.keys(goals));
    const { command } = options;
    if (command.name === 'help') print(usage(goals));
    else if (command.name === 'report') print(toMarkdown(readReports(command.files)));
    else await run(command, options);
    return 0;
  } catch (error) {
    // Whatever was under way fails now, and closes what it has opened.
    await Promise.race([Promise.allSettled(under), delay(CLOSING_MS)]);
    return explain(stopping.signal.aborted ? stopping.signal.reason : error);
  }
}

/** Says why it ends, in a sentence where that is enough; the exit code. */
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
    // After each, so that a run which is stopped leaves what it had.
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

/** A first start writes the cache of compiled code that later ones read: each service is 20 MB smaller then, and starts in half the time. */
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

/** Each goal has a system of its own: none measures what another left behind. */
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
