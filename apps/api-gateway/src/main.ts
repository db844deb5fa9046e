import { disposableDomains } from '@kith/disposable';
import { serveMetrics, serviceClient } from '@kith/http';
import { connectKafka } from '@kith/kafka';

import { buildApp } from './app.ts';
import { memoryRateLimit } from './budgets/memory-rate-limit.ts';
import { redisRateLimit } from './budgets/redis-rate-limit.ts';
import { contactsClient } from './clients/contacts.ts';
import { searchClient } from './clients/searches.ts';
import { tokensClient } from './clients/tokens.ts';
import { readConfig } from './config.ts';
import { boundLookUps } from './access/look-ups.ts';
import { hearRevocations } from './access/revocations.ts';
import { tokenCache } from './access/token-cache.ts';

// Both may be asked for one request, which is answered within 15 s.
const TOKENS_TIMEOUT_MS = 4_000;
const CONTACTS_TIMEOUT_MS = 10_000;

const config = readConfig(process.env);
// `on`, not `once`: npm hands a Ctrl-C on twice, and the second must not kill what the first is closing.
const stop = new Promise<void>((resolve) =>
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => resolve())),
);

// Whatever is opened below is closed in reverse order when this file ends, by a signal or by a throw.
await using resources = new AsyncDisposableStack();

const [internalKey] = config.internalKeys;
const trust = { internalKey, ca: config.internalCa };
const toContacts = { ...trust, url: config.contactsUrl, timeoutMs: CONTACTS_TIMEOUT_MS };
const contacts = contactsClient(resources.use(serviceClient(toContacts)), resources.use(searchClient(toContacts)));
const tokens = tokensClient(
  resources.use(serviceClient({ ...trust, url: config.tokensUrl, timeoutMs: TOKENS_TIMEOUT_MS })),
);
const lookUps = boundLookUps(tokenCache(tokens.introspect));
const isDisposable = await disposableDomains(config.disposable);
const { redisUrl } = config;
const rateLimit = resources.use(redisUrl ? redisRateLimit({ url: redisUrl, log: () => app.log }) : memoryRateLimit());

const app = buildApp(
  { contacts, tokens, tokenCache: lookUps, rateLimit, isDisposable },
  {
    logger: { level: config.logLevel },
    limits: config.limits,
    operatorKey: config.operatorKey,
    requestIdKey: internalKey,
    dialectHosts: config.dialectHosts,
    trustedProxies: config.trustedProxies,
    tls: config.tls,
  },
);
const kafka = connectKafka({ ...config.kafka, clientId: 'api-gateway', log: app.log });
resources.use(await hearRevocations(kafka, lookUps));
resources.use(await serveMetrics(config.metrics));
// Last, so that it is closed first: the requests under way still need the rest.
resources.use(app);

await app.listen({ port: config.port, host: config.host });
await stop;
app.log.info('stopping');
