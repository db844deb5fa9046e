import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import { describe, expect, jest, test } from '@jest/globals';
import type { DialectName } from '@kith/contracts';

import { readsAndWrites } from '../budgets/reads-and-writes.ts';
import type { Dialect, Dialects } from '../dialects/dialect.ts';
import { tokenInfo } from '../gateway.fixture.ts';
import { bearerToken } from './credentials.ts';
import { type Identify, NOBODY } from './identify.ts';
import { requestContexts } from './request-context.ts';

const dialect = (name: DialectName, credential: Dialect['credential']): Dialect => ({
  name,
  credential,
  windows: readsAndWrites,
  problem: () => ({ headers: {}, body: {} }),
  plugin: async () => {},
});
const keyOf = ({ authorization = '' }: IncomingHttpHeaders) => /^WISEPOPS-API key="(.+)"$/.exec(authorization)?.[1];
const dialects: Dialects = [dialect('native', bearerToken), dialect('wisepops', keyOf), dialect('waply', bearerToken)];

/** Each token is called like the API it was made for. */
const identify = jest.fn<Identify>(async (token) => {
  if (token === undefined) return NOBODY;
  if (token === 'operator') return { kind: 'operator' };
  return { kind: 'bearer', token: { ...tokenInfo, dialect: token as DialectName } };
});
const hosts = new Map<string, DialectName>([['app.wisepops.test', 'wisepops']]);
const contexts = requestContexts(identify, { dialects, hosts, isPublic: (path) => path === '/healthz' });

async function contextOf(url: string, headers: IncomingHttpHeaders) {
  const raw = { url, headers } as IncomingMessage;
  await new Promise<void>((resolve) => {
    // The router calls an asynchronous constraint with a third argument, which the types leave out.
    Reflect.apply(contexts.strategy.deriveConstraint, undefined, [raw, undefined, () => resolve()]);
  });
  const { dialect, identity } = contexts.of({ raw });
  return [dialect, identity.kind === 'bearer' ? identity.token.dialect : identity.kind];
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const key = (token: string) => ({ authorization: `WISEPOPS-API key="${token}"` });

describe('The sender of a request is known by the token', () => {
  test.each([
    ['of the API at this mount', '/wisepops/contacts', key('wisepops'), 'wisepops', 'wisepops'],
    ['of the API at this host', '/contacts', { host: 'app.wisepops.test', ...key('wisepops') }, 'wisepops', 'wisepops'],
    ['which tells the API where nothing else does', '/contacts', key('wisepops'), 'wisepops', 'wisepops'],
    ['which tells the API, also where several send it alike', '/contacts', bearer('waply'), 'waply', 'waply'],
    ['which is native', '/contacts', bearer('native'), 'native', 'native'],
  ])('%s', async (_, url, headers, name, sender) => {
    expect(await contextOf(url, headers)).toEqual([name, sender]);
  });
});

describe('The sender of a request is nobody', () => {
  test.each([
    [
      'where the token is sent as no client of the API at this mount does',
      '/wisepops/x',
      bearer('wisepops'),
      'wisepops',
    ],
    ['where a native token is sent as a vendor has it', '/contacts', key('native'), 'native'],
    ["where a vendor's token is sent as we have it", '/contacts', bearer('wisepops'), 'wisepops'],
    ["where the operator's key is sent as a vendor has it", '/contacts', key('operator'), 'native'],
    ['without a token', '/contacts', {}, 'native'],
  ])('%s', async (_, url, headers, name) => {
    expect(await contextOf(url, headers)).toEqual([name, 'nobody']);
  });

  test('on a public path, where no token is looked up', async () => {
    identify.mockClear();
    expect(await contextOf('/healthz?x=1', bearer('native'))).toEqual(['native', 'nobody']);
    expect(identify).not.toHaveBeenCalled();
  });

  test('in a request that could not be routed', () => {
    expect(contexts.of({ raw: {} as IncomingMessage })).toEqual({ identity: NOBODY, dialect: 'native' });
  });
});
