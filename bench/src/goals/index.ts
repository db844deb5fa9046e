import type { Context } from '../harness/context.ts';
import type { System } from '../harness/system.ts';
import type { Figure } from '../report/figure.ts';
import { append } from './append.ts';
import { create } from './create.ts';
import { idle } from './idle.ts';
import { load } from './load.ts';
import { read } from './read.ts';
import { search } from './search.ts';
import { start } from './start.ts';
import { token } from './token.ts';
import { verified } from './verified.ts';
import { writers } from './writers.ts';

type Goal = {
  readonly about: string;
  readonly measure: (system: System, context: Context) => Promise<Figure[]>;
};

/** All goals, in the order in which they run when none is named. */
export const goals: Readonly<Record<string, Goal>> = {
  idle: { about: 'G11      CPU and memory of an idle system', measure: idle },
  start: { about: 'G12      from nothing to ready', measure: start },
  load: {
    about: 'G2b      creates and reads at 1, 8 and 32 connections, CPU by process, beside any --peer',
    measure: load,
  },
  read: { about: 'G1       a read through the gateway over a bare hop; G1a over nginx', measure: read },
  token: { about: 'G9       what knowing the token costs, and how soon a revoked one is refused', measure: token },
  create: { about: 'G2       a contact created over a raw append of its rows', measure: create },
  writers: { about: '         fifty writers on one contact', measure: writers },
  append: { about: 'G7       our event store over emmett-postgresql', measure: append },
  verified: { about: 'G4       from a contact created to its final status', measure: verified },
  search: { about: 'G5, G6   search and deep pages among a million contacts', measure: search },
};
