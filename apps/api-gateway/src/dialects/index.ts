import type { DialectName } from '@kith/contracts';
import type { HttpProblem, ProblemAnswer } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { readsAndWrites, type Windows } from '../budgets/reads-and-writes.ts';
import type { Gateway } from '../gateway.ts';
import { wisedata, wisedataProblem } from './wisedata/index.ts';

type Dialect = {
  readonly name: DialectName;
  readonly plugin: FastifyPluginAsyncZod<Gateway>;
  /** Its own words for what cannot be served. */
  readonly problem: (problem: HttpProblem) => ProblemAnswer;
  /** What its calls count against. */
  readonly windows: Windows;
};

export const dialects: readonly Dialect[] = [
  { name: 'wisedata', plugin: wisedata, problem: wisedataProblem, windows: readsAndWrites },
];
