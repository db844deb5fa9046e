import { expect, test } from '@jest/globals';

import { readConfig } from './config.ts';

const ENVIRONMENT = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  CONTACTS_URL: 'http://127.0.0.1:3001',
  TOKENS_URL: 'http://127.0.0.1:3003',
  OPERATOR_KEY: 'an operator key of at least 32 characters',
  INTERNAL_KEY: 'an internal key of at least 32 characters',
};

test('without TLS_CERT and TLS_KEY it speaks http', () => {
  expect(readConfig(ENVIRONMENT).tls).toBeUndefined();
});

test('a certificate without its key, or a key without its certificate, is refused in a sentence', () => {
  for (const half of [{ TLS_CERT: 'cert.pem' }, { TLS_KEY: 'key.pem' }]) {
    expect(() => readConfig({ ...ENVIRONMENT, ...half })).toThrow('TLS_CERT and TLS_KEY go together.');
  }
});
