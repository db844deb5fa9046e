import { expect, test } from '@jest/globals';

import { readConfig } from './config.ts';

const ENVIRONMENT = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  CONTACTS_URL: 'http://127.0.0.1:3001',
  TOKENS_URL: 'http://127.0.0.1:3003',
  OPERATOR_KEY: 'an operator key of at least 32 characters',
  INTERNAL_KEY: 'an internal key of at least 32 characters',
};

test('A proxy is trusted only where the setting names its address or its network', () => {
  expect(readConfig(ENVIRONMENT).trustedProxies).toEqual([]);
  const TRUSTED_PROXIES = '10.0.0.0/8, fd00::/8,192.0.2.1';
  expect(readConfig({ ...ENVIRONMENT, TRUSTED_PROXIES }).trustedProxies).toEqual([
    '10.0.0.0/8',
    'fd00::/8',
    '192.0.2.1',
  ]);
});

test.each(['10.0.0.0/40', 'proxy.example', '10.0.0'])('The value %s is refused, and the setting named', (named) => {
  expect(() => readConfig({ ...ENVIRONMENT, TRUSTED_PROXIES: named })).toThrow('TRUSTED_PROXIES');
});
