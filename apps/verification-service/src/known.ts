// Prints the contacts that this service knows, a line of JSON each: `npm run kith -- repair-feed` hands them to contacts-service.
import type { KnownContact } from '@kith/contracts/contacts';
import { openPool, operatorScript, writeLines } from '@kith/event-store';

import { readStoreConfig } from './config.ts';
import { knownContactQueries } from './queries/known-contacts.ts';

const AT_ONCE = 1_000;

await operatorScript('verification-service', async () => {
  await using resources = new AsyncDisposableStack();
  const pool = resources.adopt(openPool(readStoreConfig(process.env).databaseUrl, { max: 1 }), (p) => p.end());
  const { forgotten, applied } = knownContactQueries(pool);
  await print(forgotten);
  await print(applied);
});

async function print(pageAfter: (after: number, limit: number) => Promise<KnownContact[]>): Promise<void> {
  let page = await pageAfter(0, AT_ONCE);
  for (; page.length > 0; page = await pageAfter(page.at(-1)!.contactId, AT_ONCE)) {
    await writeLines(process.stdout, page);
  }
}
