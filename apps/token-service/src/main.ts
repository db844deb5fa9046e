import { join } from 'node:path';

import { tokensTopic } from '@kith/contracts/topics';
import { migrate, openPool, startForgettingIdempotencyKeys, startRelay } from '@kith/event-store';
import { serveMetrics } from '@kith/http';
import { connectKafka, produce } from '@kith/kafka';

import { buildApp } from './app.ts';
import { services } from './services.ts';
import { readConfig } from './config.ts';
import { published } from './publish.ts';

const config = readConfig(process.env);
// `on`, not `once`: npm hands a Ctrl-C on twice, and the second must not kill what the first is closing.
const stop = new Promise<void>((resolve) =>
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => resolve())),
);

// Whatever is opened below is closed in reverse order when this file ends, by a signal or by a throw.
await using resources = new AsyncDisposableStack();

await migrate(config.databaseUrl, join(import.meta.dirname, '../migrations'));
const pool = resources.adopt(openPool(config.databaseUrl, { applicationName: 'token-service' }), (p) => p.end());

const deps = services(pool, () => relay.wake());
const app = resources.use(
  buildApp(deps, {
    logger: { level: config.logLevel },
    limits: config.limits,
    tls: config.tls,
    internalKeys: config.internalKeys,
    ready: () => pool.query('select 1'),
  }),
);
const kafka = connectKafka({ ...config.kafka, clientId: 'token-service', log: app.log });
// It opens no connection: without Kafka the service answers, and the relay keeps trying.
const producer = resources.use(await produce(kafka, tokensTopic));
const relay = resources.use(
  await startRelay(pool, {
    name: 'kafka',
    publication: { ...published, send: producer.send },
    onUnpublishable: (event) => app.log.error(event, 'an event cannot be published and goes out as a shell of ids'),
    onError: (err) => app.log.error({ err }, 'publishing'),
  }),
);
resources.use(
  startForgettingIdempotencyKeys(pool, { onError: (err) => app.log.error({ err }, 'forgetting idempotency keys') }),
);
resources.use(await serveMetrics(config.metrics));

await app.listen({ port: config.port, host: config.host });
await stop;
app.log.info('stopping');
