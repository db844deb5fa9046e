import { join } from 'node:path';

import { contactsTopic } from '@kith/contracts/topics';
import {
  keyring,
  migrate,
  openPool,
  parkingLot,
  refuseMissingKeys,
  startForgettingIdempotencyKeys,
  startRelay,
} from '@kith/event-store';
import { serveMetrics } from '@kith/http';
import { connectKafka, produce } from '@kith/kafka';

import { buildApp } from './app.ts';
import { RELAY, services } from './services.ts';
import { readConfig } from './config.ts';
import { consumeVerification } from './consumer.ts';
import { startClearingStatistics } from './erasure/run.ts';
import { startUnlisting } from './list/run.ts';
import { published } from './publish.ts';
import { SEARCH_CONNECTIONS } from './contact/search/turns.ts';
import { startTellingAgain } from './unanswered/run.ts';

const config = readConfig(process.env);
// `on`, not `once`: npm hands a Ctrl-C on twice, and the second must not kill what the first is closing.
const stop = new Promise<void>((resolve) =>
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => resolve())),
);

// Whatever is opened below is closed in reverse order when this file ends, by a signal or by a throw.
await using resources = new AsyncDisposableStack();

await migrate(config.databaseUrl, join(import.meta.dirname, '../migrations'));
const pool = resources.adopt(openPool(config.databaseUrl, { applicationName: 'contacts-service' }), (p) => p.end());
const searches = resources.adopt(
  openPool(config.databaseUrl, {
    applicationName: 'contacts-service searches',
    max: SEARCH_CONNECTIONS,
    mayScan: true,
  }),
  (p) => p.end(),
);
const ring = keyring(config.encryptionKeys);
await refuseMissingKeys(pool, ring);

const deps = services(pool, ring, {
  searches,
  onAppended: () => relay.wake(),
  onListDeleted: () => unlisting.wake(),
});
const app = resources.use(
  buildApp(deps, {
    logger: { level: config.logLevel },
    limits: config.limits,
    tls: config.tls,
    internalKeys: config.internalKeys,
    ready: () => Promise.all([pool.query('select 1'), consumer.ready()]),
  }),
);
const kafka = connectKafka({ ...config.kafka, clientId: 'contacts-service', log: app.log });
const producer = resources.use(await produce(kafka, contactsTopic));
const relay = resources.use(
  await startRelay(pool, {
    name: RELAY,
    keyring: ring,
    publication: { ...published, send: producer.send },
    onUnpublishable: (event) => app.log.error(event, 'an event cannot be published and goes out as a shell of ids'),
    onError: (err) => app.log.error({ err }, 'publishing'),
  }),
);
const unlisting = resources.use(startUnlisting({ ...deps, onError: (err) => app.log.error({ err }, 'unlisting') }));
resources.use(startClearingStatistics({ ...deps, onError: (err) => app.log.error({ err }, 'clearing statistics') }));
resources.use(
  startTellingAgain({
    ...deps,
    overdueMs: config.overdueMs,
    onToldAgain: (events) => app.log.warn({ events }, 'erasures or values have no answer and are published again'),
    onError: (err) => app.log.error({ err }, 'telling again'),
  }),
);
const consumer = resources.use(await consumeVerification(kafka, deps, parkingLot(pool, 'contacts-service')));
resources.use(
  startForgettingIdempotencyKeys(pool, { onError: (err) => app.log.error({ err }, 'forgetting idempotency keys') }),
);
resources.use(await serveMetrics(config.metrics));

await app.listen({ port: config.port, host: config.host });
await stop;
app.log.info('stopping');
