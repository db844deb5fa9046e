import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { kafkaEnvironment, toKafkaConfig } from './environment.ts';

const read = (env: Record<string, string>) => toKafkaConfig(z.object(kafkaEnvironment).parse(env));

describe('Kafka from the environment', () => {
  test('needs the brokers only', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092, b:9092' })).toEqual({ brokers: ['a:9092', 'b:9092'], prefix: 'kith' });
  });

  test('takes user and password', () => {
    const env = {
      KAFKA_BROKERS: 'a:1',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    };
    expect(read(env)).toMatchObject({ sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' } });
  });

  test('refuses a mechanism without a password', () => {
    const env = { KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' };
    expect(() => read(env)).toThrow('KAFKA_SASL_PASSWORD');
  });

  test('reads the certificates', () => {
    const ca = join(mkdtempSync(join(tmpdir(), 'kith-kafka-')), 'ca.pem');
    writeFileSync(ca, 'PEM');
    expect(read({ KAFKA_BROKERS: 'a:1', KAFKA_TLS: 'true', KAFKA_TLS_CA: ca })).toMatchObject({ ssl: { ca: 'PEM' } });
  });

  test('names the variable whose file cannot be read', () => {
    const env = { KAFKA_BROKERS: 'a:1', KAFKA_TLS: 'true', KAFKA_TLS_CERT: '/nowhere/cert.pem' };
    expect(() => read(env)).toThrow('KAFKA_TLS_CERT: /nowhere/cert.pem');
  });
});
