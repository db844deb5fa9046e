import { describe, expect, test } from '@jest/globals';
import type { DialectName } from '@kith/contracts';

import { resolveDialect } from './resolve.ts';

const hosts = new Map<string, DialectName>([['api.waply.io', 'waply']]);

describe('the dialect of a request', () => {
  test.each<[string, string, string | undefined, DialectName | undefined, DialectName]>([
    ['is that of its mount', '/wisedata/api/v1/contacts/1', undefined, undefined, 'wisedata'],
    ['is that of its mount, whatever the host', '/wisedata/api/v1', 'api.waply.io', undefined, 'wisedata'],
    ['is that of its mount, whatever the token', '/consuelo/v1/contacts', undefined, 'waply', 'consuelo'],
    ['is that of a mount without a path', '/waply', undefined, undefined, 'waply'],
    ['is that of a mount with a query', '/waply?page=1', undefined, undefined, 'waply'],
    ['is that of its host', '/v1/contacts', 'api.waply.io', undefined, 'waply'],
    ['is that of its host, whatever the port and the case', '/v1/contacts', 'API.waply.io:8443', undefined, 'waply'],
    ['is that of its host, whatever the token', '/v1/contacts', 'api.waply.io', 'consuelo', 'waply'],
    ['is that of its token (T-11)', '/v1/contacts', 'kith.example', 'consuelo', 'consuelo'],
    ['is that of its token, on the path of another', '/api/v1/contacts/1', 'kith.example', 'wisedata', 'wisedata'],
    ['is native without a token', '/v1/contacts', 'kith.example', undefined, 'native'],
    ['is not that of what only begins like a mount', '/wisedatanps/api/v1', undefined, undefined, 'native'],
    ['is not that of a mount further down', '/api/v1/wisedata', undefined, undefined, 'native'],
    ['has no mount for native', '/native/api/v1', undefined, 'waply', 'waply'],
  ])('%s', (_, url, host, tokenDialect, dialect) => {
    expect(resolveDialect({ url, host, tokenDialect }, hosts)).toBe(dialect);
  });
});
