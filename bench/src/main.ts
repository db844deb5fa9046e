import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { create } from './goals/create.ts';
import { memory } from './goals/memory.ts';
import { read } from './goals/read.ts';
import { search } from './goals/search.ts';
import { verified } from './goals/verified.ts';
import { profiling } from './harness/cpu-profile.ts';
import { type Context, describe, type Figure } from './harness/figure.ts';
import { startSystem, type System } from './harness/system.ts';

type Goal = (system: System, context: Context) => Promise<Figure[]>;

const GOALS: Readonly<Record<string, { readonly about: string; readonly measure: Goal }>> = {
  memory: { about: 'G11  memory at idle', measure: memory },
  read: { about: 'G1   a read through the gateway over a bare hop', measure: read },
  create: { about: 'G2   a contact created over a raw append of its rows', measure: create },
  verified: { about: 'G4   from a contact created to its final status', measure: verified },
  search: { about: 'G5, G6  search and deep pages among a million contacts', measure: search },
};

const print = (line: string) => void process.stdout.write(`${line}\n`);
const say = (line: string) => void process.stderr.write(`${line}\n`);

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '4' },
    contacts: { type: 'string', default: '1000000' },
    idle: { type: 'string', default: '60' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const list = Object.entries(GOALS).map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`);
print(`Goals:\n${list.join('\n')}\n`);
const names = positionals.length > 0 ? positionals : Object.keys(GOALS);
const unknown = names.filter((name) => !(name in GOALS));
if (unknown.length > 0) say(`There is no goal ${unknown.join(', ')}.`);
if (given.help || unknown.length > 0) process.exit(unknown.length > 0 ? 2 : 0);

const context: Context = {
  rounds: Number(given.rounds),
  seconds: Number(given.seconds),
  contacts: Number(given.contacts),
  idle: Number(given.idle),
  say,
};
const stopping = new AbortController();
const stopped = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      stopping.abort();
      reject(new Error(`Stopped by ${signal}.`));
    });
});
stopped.catch(() => {});
const measured: Figure[] = [];
for (const name of names) {
  const profiles = given.profile ? profiling(given.profile, name) : undefined;
  {
    // Each goal has a system of its own: none measures what another left behind.
    await using system = await startSystem({ say, signal: stopping.signal });
    print(`${name}: Node ${process.version}, ${availableParallelism()} cores, PostgreSQL with ${system.durability}\n`);
    profiles?.begin();
    const figures = await Promise.race([GOALS[name]!.measure(system, context), stopped]);
    figures.map(describe).forEach(print);
    measured.push(...figures);
  }
  if (profiles) print(profiles.summary());
}
if (given.json)
  writeFileSync(
    given.json,
    `${JSON.stringify({ at: new Date(), node: process.version, figures: measured }, null, 2)}\n`,
  );
process.exit();
