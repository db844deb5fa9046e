import { join } from 'node:path';

import { verificationTopic } from '@kith/contracts/topics';
import { disposableDomains } from '@kith/disposable';
import { migrate, openPool, parkingLot, startRelay } from '@kith/event-store';
import { serveMetrics, serviceClient } from '@kith/http';
import { connectKafka, produce } from '@kith/kafka';

import { buildApp } from './app.ts';
import { RELAY, services } from './services.ts';
import { allChecks, resolver } from './checks/index.ts';
import { missedEvents } from './clients/contacts.ts';
import { readConfig } from './config.ts';
import { consumeContacts } from './consumers/contacts.ts';
import { runChecks } from './processes/run-checks.ts';
import { published } from './publish.ts';

const config = readConfig(process.env);
// `on`, not `once`: npm hands a Ctrl-C on twice, and the second must not kill what the first is closing.
const stop = new Promise<void>((resolve) =>
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => resolve())),
);

// Whatever is opened below is closed in reverse order when this file ends, by a signal or by a throw.
await using resources = new AsyncDisposableStack();

await migrate(config.databaseUrl, join(import.meta.dirname, '../migrations'));
const pool = resources.adopt(openPool(config.databaseUrl, { applicationName: 'verification-service' }), (p) => p.end());
const isDisposable = await disposableDomains(config.disposable);
const { internalSuffixes } = config;
const checks = allChecks({ isDisposable, internalSuffixes, dns: resolver(config.dnsServers) });
const contacts = resources.use(
  serviceClient({ url: config.contactsUrl, internalKey: config.internalKeys[0], ca: config.internalCa }),
);
const clock = () => new Date();

const deps = services(pool, () => relay.wake());
const app = resources.use(
  buildApp(deps, {
    logger: { level: config.logLevel },
    limits: config.limits,
    tls: config.tls,
    internalKeys: config.internalKeys,
    ready: () => Promise.all([pool.query('select 1'), consumer.ready()]),
  }),
);
const kafka = connectKafka({ ...config.kafka, clientId: 'verification-service', log: app.log });
const producer = resources.use(await produce(kafka, verificationTopic));
const relay = resources.use(
  await startRelay(pool, {
    name: RELAY,
    publication: { ...published, send: producer.send },
    onUnpublishable: (event) => app.log.error(event, 'an event cannot be published and goes out as a shell of ids'),
    onError: (err) => app.log.error({ err }, 'publishing'),
  }),
);
const runner = resources.use(
  runChecks({ ...deps, checks, clock, onError: (err) => app.log.error({ err }, 'checking') }),
);
const intake = { ...deps, missedEvents: missedEvents(contacts), checks, clock, deadlineMs: config.deadlineMs, runner };
const consumer = resources.use(await consumeContacts(kafka, intake, parkingLot(pool, 'verification-service')));
resources.use(await serveMetrics(config.metrics));

await app.listen({ port: config.port, host: config.host });
await stop;
app.log.info('stopping');
