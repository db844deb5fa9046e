import { expect, test } from '@jest/globals';

import { resolver } from './checks/index.ts';
import { readConfig } from './config.ts';

const environment = {
  DATABASE_URL: 'postgres://127.0.0.1/verification',
  KAFKA_BROKERS: '127.0.0.1:9092',
  INTERNAL_KEY: `${'a'.repeat(32)},${'b'.repeat(32)}`,
  CONTACTS_URL: 'http://127.0.0.1:3001',
};

test('a setting that is left out has a default', () => {
  expect(readConfig(environment)).toMatchObject({
    deadlineMs: 60_000,
    dnsServers: [],
    internalSuffixes: [],
    port: 3000,
  });
});

test('two internal keys are accepted at once', () => {
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

test.each([
  ['corp.example.com', ['corp.example.com']],
  ['Corp.Example.com, Bücher.example', ['corp.example.com', 'xn--bcher-kva.example']],
  ['', []],
])('internal domains may be given as "%s"', (VERIFICATION_INTERNAL_SUFFIXES, internalSuffixes) => {
  expect(readConfig({ ...environment, VERIFICATION_INTERNAL_SUFFIXES })).toMatchObject({ internalSuffixes });
});

test.each(['.corp.example.com', '*.corp.example.com', 'corp example', '10.0.0.0/8'])(
  'an internal domain cannot be "%s"',
  (VERIFICATION_INTERNAL_SUFFIXES) => {
    expect(() => readConfig({ ...environment, VERIFICATION_INTERNAL_SUFFIXES })).toThrow(
      /such as corp\.example\.com[^]*at VERIFICATION_INTERNAL_SUFFIXES/,
    );
  },
);

test('all missing settings are named at once', () => {
  expect(() => readConfig({})).toThrow(/INTERNAL_KEY[^]*DATABASE_URL[^]*CONTACTS_URL/);
});
