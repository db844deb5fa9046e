import { expect, test } from '@jest/globals';

import { resolver } from './checks/index.ts';
import { readConfig } from './config.ts';

const environment = {
  DATABASE_URL: 'postgres://127.0.0.1/verification',
  KAFKA_BROKERS: '127.0.0.1:9092',
  INTERNAL_KEY: `${'a'.repeat(32)},${'b'.repeat(32)}`,
  CONTACTS_URL: 'http://127.0.0.1:3001',
};

test('what is not said has a default', () => {
  expect(readConfig(environment)).toMatchObject({ deadlineMs: 60_000, dnsServers: [], port: 3000, metricsPort: 9464 });
});

test('two internal keys are good at once', () => {
  expect(readConfig(environment).internalKeys).toEqual(['a'.repeat(32), 'b'.repeat(32)]);
});

test.each([
  ['10.0.0.53:5353', ['10.0.0.53:5353']],
  ['10.0.0.53, 10.0.0.54', ['10.0.0.53', '10.0.0.54']],
  ['[2001:db8::53]:5353,2001:db8::54', ['[2001:db8::53]:5353', '2001:db8::54']],
  ['', []],
])('name servers may be given as "%s"', (DNS_SERVERS, expected) => {
  const { dnsServers } = readConfig({ ...environment, DNS_SERVERS });
  expect(dnsServers).toEqual(expected);
  if (expected.length > 0) expect(resolver(dnsServers).getServers()).toEqual(expected);
});

test.each(['dns.example:53', '10.0.0.300', '10.0.0.1:', '10.0.0.1:70000', '[10.0.0.1]:53', '2001:db8::53]:53'])(
  'a name server cannot be "%s"',
  (DNS_SERVERS) => {
    expect(() => readConfig({ ...environment, DNS_SERVERS })).toThrow('at DNS_SERVERS');
  },
);

test('everything that is missing is named at once', () => {
  expect(() => readConfig({})).toThrow(/INTERNAL_KEY[^]*DATABASE_URL[^]*CONTACTS_URL/);
});
