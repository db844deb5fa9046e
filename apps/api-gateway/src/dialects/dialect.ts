import type { IncomingHttpHeaders } from 'node:http';

import type { DialectName } from '@kith/contracts';
import type { HttpAppOptions } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import type { Budget } from '../budgets/rate-limit.ts';
import type { Windows } from '../budgets/reads-and-writes.ts';
import type { Gateway } from '../gateway.ts';

/** One API that the gateway speaks: all that differs from the others. */
export type Dialect = {
  readonly name: DialectName;
  /** The token of a request, from where the clients of this API send it. */
  readonly credential: (headers: IncomingHttpHeaders) => string | undefined;
  /** The budgets that its calls count against. */
  readonly windows: Windows;
  /** The headers that show the budgets, where they are not those of `budgets/headers.ts`. */
  readonly rateHeaders?: (budgets: readonly Budget[]) => Record<string, string>;
  /** Words a refusal as this API does. */
  readonly problem: NonNullable<HttpAppOptions['problemAnswer']>;
  /** Its routes. `serve.ts` gives each of them its constraint. */
  readonly plugin: FastifyPluginAsyncZod<Gateway>;
};

/** Native comes first. */
export type Dialects = readonly [Dialect, ...Dialect[]];

/** The dialect of this name. A name may be known and its API not served yet: its calls are then refused as the first one does. */
export const dialectNamed = (dialects: Dialects, name: DialectName): Dialect =>
  dialects.find((dialect) => dialect.name === name) ?? dialects[0];
