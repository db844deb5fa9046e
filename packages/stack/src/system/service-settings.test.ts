import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { newKeys } from './keys.ts';
import { SERVICES, type ServiceName, serviceSettings } from './services.ts';

const OPERATIONS = readFileSync(join(import.meta.dirname, '../../../../docs/operations.md'), 'utf8');

/** The services that read each variable, by the table of settings. */
const documented = new Map(
  [...OPERATIONS.matchAll(/^\| (`[A-Z_`, ]+`) \| ([^|]+) \|/gm)].flatMap(([, names = '', services = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, servicesIn(services)] as const),
  ),
);

function servicesIn(text: string): readonly ServiceName[] {
  if (text === 'all') return SERVICES;
  if (text === 'all but the gateway') return SERVICES.filter((name) => name !== 'api-gateway');
  return SERVICES.filter((name) => text.split(', ').includes(name));
}

/** The settings that the services get from an environment. */
function settingsIn(env: NodeJS.ProcessEnv) {
  const ports = { http: 1, metrics: 2 };
  return serviceSettings({
    databases: { contacts: 'postgres://c', verification: 'postgres://v', tokens: 'postgres://t' },
    brokers: ['127.0.0.1:9092'],
    prefix: 'kith',
    dnsServer: '127.0.0.1:53',
    keys: newKeys(),
    ports: { 'api-gateway': ports, 'contacts-service': ports, 'token-service': ports, 'verification-service': ports },
    env,
  });
}

test('every documented setting reaches the services that read it, and no other service', () => {
  expect(documented.size).toBeGreaterThan(25);
  const settings = settingsIn(Object.fromEntries([...documented.keys()].map((name) => [name, 'given'])));
  for (const [name, services] of documented) {
    // On one machine only the gateway speaks TLS.
    const readers = name.startsWith('TLS_')
      ? ['api-gateway']
      : SERVICES.filter((service) => services.includes(service));
    const reached = SERVICES.filter((service) => name in settings[service]);
    expect([name, ...reached]).toEqual([name, ...readers]);
  }
});

test('services see nothing else of the shell than what Node.js needs', () => {
  const settings = settingsIn({ PATH: '/bin', NODE_OPTIONS: '--inspect', AWS_SECRET_ACCESS_KEY: 's', PGPASSWORD: 's' });
  for (const service of SERVICES) {
    expect(settings[service]).toMatchObject({ PATH: '/bin', NODE_OPTIONS: '--inspect' });
    expect(Object.values(settings[service])).not.toContain('s');
  }
});
