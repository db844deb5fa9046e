import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { peerApis } from './peers/index.ts';
import type { Peer } from './peers/peer.ts';

/** A sentence for the user. The exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const apiNames = peerApis.map(({ name }) => name).join(', ');

export const VERSUS_JOBS = ['create', 'read', 'idle'] as const;
export type VersusJob = (typeof VERSUS_JOBS)[number];

export type Options = {
  readonly command: Command;
  readonly rounds: number;
  readonly seconds: number;
  readonly pause: number;
  readonly contacts: number;
  readonly idle: number;
  readonly connections: readonly number[];
  readonly peers: readonly Peer[];
  readonly json: string | undefined;
  readonly markdown: boolean;
  readonly profile: string | undefined;
};

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'goals'; readonly goals: readonly string[] }
  | { readonly name: 'versus'; readonly against: string; readonly jobs: readonly VersusJob[] }
  | { readonly name: 'report'; readonly files: readonly string[] };

export const usage = (goals: Readonly<Record<string, { readonly about: string }>>): string => `
npm run bench [-- GOAL … OPTIONS]
npm run bench -- versus --against CHECKOUT [create read idle] [OPTIONS]
npm run bench -- report FILE …

Goals (all of them, in this order, when none is named):
${Object.entries(goals)
  .map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`)
  .join('\n')}

versus    this checkout and another in one run: creates, reads, idling
report    files that --json wrote, as one document in Markdown

  --rounds 7              after one that does not count
  --seconds 4             of each turn
  --pause 5               seconds between the turns of two sides
  --connections 1,8,32    of load, append and versus
  --contacts 1000000      in the list of search
  --idle 60               seconds that idle watches
  --peer API=URL,USER:TOKEN    a platform that runs on this machine; APIs: ${apiNames}
  --json FILE             the figures for a script
  --markdown              the figures as a document, after the run
  --profile FOLDER        V8 CPU profiles of every process
`;

/** Reads the arguments. Throws a `UsageError` for unusable ones. Paths are relative to `cwd`. */
export function readOptions(argv: readonly string[], cwd: string, goals: readonly string[]): Options {
  const { values, positionals } = parsed(argv);
  const { peer, json, profile, markdown } = values;
  return {
    command: values.help ? { name: 'help' } : commandOf(positionals, values.against, cwd, goals),
    rounds: whole('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    pause: notNegative('pause', values.pause),
    contacts: whole('contacts', values.contacts),
    idle: positive('idle', values.idle),
    connections: values.connections.split(',').map((count) => whole('connections', count)),
    peers: peer.map(readPeer),
    json: json && resolve(cwd, json),
    profile: profile && resolve(cwd, profile),
    markdown,
  };
}

/** `listmonk=http://127.0.0.1:9000,user:token`. Errors do not repeat it, because it holds a secret. */
export function readPeer(text: string): Peer {
  const [, name = '', address = '', credential = ''] = /^([^=]*)=([^,]*),(.+)$/.exec(text) ?? [];
  if (name === '' || address === '') throw new UsageError('--peer wants API=URL,USER:TOKEN.');
  const api = peerApis.find((known) => known.name === name);
  if (!api) {
    throw new UsageError(`--peer: bench speaks ${apiNames}, not ${name}.`);
  }
  if (!URL.canParse(address)) throw new UsageError(`--peer ${name}: the address must be a URL.`);
  const url = new URL(address);
  // Figures of two machines are not comparable, and nobody else's machine should get our load.
  if (url.protocol !== 'http:' || !LOOPBACK.has(url.hostname)) {
    throw new UsageError(`--peer ${name}: the address must be http:// on this machine (127.0.0.1, [::1], localhost).`);
  }
  return { api, url: url.origin, credential };
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

function commandOf(
  positionals: readonly string[],
  against: string | undefined,
  cwd: string,
  goals: readonly string[],
): Command {
  const [first, ...rest] = positionals;
  if (first === 'report') {
    if (rest.length === 0) throw new UsageError('report wants the files that --json wrote.');
    return { name: 'report', files: rest.map((file) => resolve(cwd, file)) };
  }
  if (first === 'versus') {
    if (!against) throw new UsageError('versus wants --against CHECKOUT.');
    return { name: 'versus', against: resolve(cwd, against), jobs: known(rest, VERSUS_JOBS, 'job of versus') };
  }
  if (against) throw new UsageError('--against is for versus.');
  return { name: 'goals', goals: known(positionals, goals, 'goal') };
}

/** All of them when none is named. */
function known<Name extends string>(given: readonly string[], names: readonly Name[], what: string): readonly Name[] {
  const unknown = given.filter((name) => !names.some((one) => one === name));
  if (unknown.length > 0) throw new UsageError(`There is no ${what} ${unknown.join(', ')}: ${names.join(', ')}.`);
  return given.length === 0 ? names : names.filter((name) => given.includes(name));
}

function parsed(argv: readonly string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        rounds: text('7'),
        seconds: text('4'),
        pause: text('5'),
        contacts: text('1000000'),
        idle: text('60'),
        connections: text('1,8,32'),
        peer: { type: 'string', multiple: true, default: [] },
        against: { type: 'string' },
        json: { type: 'string' },
        profile: { type: 'string' },
        markdown: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.replace(/\. .*/s, '')}. See npm run bench -- --help`);
  }
}

const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} must be a whole number over 0; it is '${text}'.`);
};

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} must be a number over 0; it is '${text}'.`);
};

const notNegative = (name: string, text: string): number => {
  const value = Number(text);
  if (text !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} must be a number, 0 or more; it is '${text}'.`);
};
