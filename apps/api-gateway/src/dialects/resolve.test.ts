import { describe, expect, test } from '@jest/globals';
import type { DialectName } from '@kith/contracts';

import { bearerToken } from '../access/credentials.ts';
import { addressedDialect, credentialOf } from './resolve.ts';

const hosts = new Map<string, DialectName>([['api.waply.io', 'waply']]);

describe('The API that a request is addressed to', () => {
  test.each<[string, string, string | undefined, DialectName | undefined]>([
    ['is that of its mount', '/wisedata/api/v1/contacts/1', undefined, 'wisedata'],
    ['is that of its mount, whatever the host', '/wisedata/api/v1', 'api.waply.io', 'wisedata'],
    ['is that of a mount without a path', '/waply', undefined, 'waply'],
    ['is that of a mount with a query', '/waply?page=1', undefined, 'waply'],
    ['is that of its host', '/v1/contacts', 'api.waply.io', 'waply'],
    ['is that of its host, whatever the port and the case', '/v1/contacts', 'API.waply.io:8443', 'waply'],
    ['is left to its token (T-11)', '/v1/contacts', 'kith.example', undefined],
    ['is left to its token without a host', '/api/v1/contacts/1', undefined, undefined],
    ['is not that of a path that only begins like a mount', '/wisedatanps/api/v1', undefined, undefined],
    ['is not that of a mount further down', '/api/v1/wisedata', undefined, undefined],
    ['has no mount if it is native', '/native/api/v1', undefined, undefined],
  ])('%s', (_, url, host, dialect) => {
    expect(addressedDialect({ url, host }, hosts)).toBe(dialect);
  });
});

describe('The token of a request', () => {
  const bearer = { credential: bearerToken };
  const key = { credential: ({ 'x-api-key': sent }: Record<string, unknown>) => sent as string | undefined };

  test.each([
    ['is read as the API it is addressed to does', [key], { 'x-api-key': 'a', authorization: 'Bearer b' }, 'a'],
    ['is no token in a place of another API', [key], { authorization: 'Bearer b' }, undefined],
    ['is read as the first API does', [bearer, key], { 'x-api-key': 'a', authorization: 'Bearer b' }, 'b'],
    ['is read as the next API does if the first finds none', [bearer, key], { 'x-api-key': 'a' }, 'a'],
    ['may be missing', [bearer, key], {}, undefined],
  ])('%s', (_, candidates, headers, token) => {
    expect(credentialOf(headers, candidates)).toBe(token);
  });

  test.each([
    ['Bearer kith_a', 'kith_a'],
    ['bearer   kith_a ', 'kith_a'],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Basic kith_a', undefined],
    ['xBearer kith_a', undefined],
  ])('is the bearer token of %j, in any case and with any spaces', (authorization, token) => {
    expect(bearerToken({ authorization })).toBe(token);
  });
});
