import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { describeOverTls, testCertificate } from '@kith/stack/testing/tls';
import { z } from 'zod';

import { callerEnvironment, httpEnvironment, toHttpConfig, toInternalCa } from './environment.ts';

const INTERNAL_KEY = 'an internal key of at least 32 characters';
const environment = z.object({ ...httpEnvironment, ...callerEnvironment });
const read = (env: Record<string, string>) => environment.parse({ INTERNAL_KEY, ...env });
const config = (env: Record<string, string> = {}) => toHttpConfig(read(env));

describe('a service that is told nothing', () => {
  test('answers everywhere, tells its metrics on this machine only, and speaks http', () => {
    expect(config()).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      metrics: { host: '127.0.0.1', port: 9464 },
      tls: undefined,
      limits: { connections: 5_000, closingMs: 10_000 },
    });
  });

  test('trusts the authorities that its system trusts', () => {
    expect(toInternalCa(read({}))).toBeUndefined();
  });
});

test('what it is told counts', () => {
  const env = { METRICS_HOST: '10.0.0.7', METRICS_PORT: '0', MAX_CONNECTIONS: '100', SHUTDOWN_GRACE: '2.5' };
  expect(config(env)).toMatchObject({
    metrics: { host: '10.0.0.7', port: 0 },
    limits: { connections: 100, closingMs: 2_500 },
  });
});

test.each([
  ['MAX_CONNECTIONS', '0'],
  ['MAX_CONNECTIONS', 'many'],
  ['SHUTDOWN_GRACE', '0'],
  ['SHUTDOWN_GRACE', '86400'],
  ['INTERNAL_KEY', 'short'],
])('%s=%s is refused, and named', (name, value) => {
  const { error } = environment.safeParse({ INTERNAL_KEY, [name]: value });
  expect(error?.issues.map(({ path: [setting] }) => setting)).toEqual([name]);
});

describe('TLS', () => {
  test('needs a certificate and its key', () => {
    for (const half of [{ TLS_CERT: 'cert.pem' }, { TLS_KEY: 'key.pem' }])
      expect(() => config(half)).toThrow('TLS_CERT and TLS_KEY go together.');
  });

  test('with a file that is not there names the setting', () => {
    const missing = '/nowhere/cert.pem';
    expect(() => config({ TLS_CERT: missing, TLS_KEY: missing })).toThrow(
      `TLS_CERT names no file that can be read: ${missing}`,
    );
    expect(() => toInternalCa(read({ INTERNAL_CA: missing }))).toThrow('INTERNAL_CA names no file');
  });
});

describeOverTls('the files that are named', () => {
  test('are read', () => {
    using made = testCertificate('DNS:contacts.kith.test');
    expect(config({ TLS_CERT: made.cert, TLS_KEY: made.key }).tls).toEqual({
      cert: readFileSync(made.cert, 'utf8'),
      key: readFileSync(made.key, 'utf8'),
    });
    expect(toInternalCa(read({ INTERNAL_CA: made.cert }))).toContain('BEGIN CERTIFICATE');
  });
});
