import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { serviceClient } from '@kith/http';

import { buildApp } from '../app.ts';
import { memoryRateLimit } from '../budgets/memory-rate-limit.ts';
import { contactsClient } from '../clients/contacts.ts';
import { tokensClient } from '../clients/tokens.ts';
import { boundLookUps } from '../access/look-ups.ts';
import { tokenCache } from '../access/token-cache.ts';

// `npm run openapi`: writes docs/openapi.json, which a test compares with what is served. Nobody is called for it.
const nowhere = serviceClient({ url: 'http://127.0.0.1:9', internalKey: '' });
const app = buildApp(
  {
    contacts: contactsClient(nowhere, nowhere),
    tokens: tokensClient(nowhere),
    tokenCache: boundLookUps(tokenCache(async () => undefined)),
    rateLimit: memoryRateLimit(),
    isDisposable: () => false,
  },
  { logger: false, operatorKey: '', requestIdKey: '', dialectHosts: new Map(), trustedProxies: [] },
);
const document: unknown = (await app.inject('/openapi.json')).json();
await writeFile(join(import.meta.dirname, '../../../../docs/openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
await app.close();
