// `npm run kith -- erasures`: prints the ledger of erasures, a line of JSON each.
import { openPool, operatorScript, writeLines } from '@kith/event-store';

import { readStoreConfig } from './config.ts';
import { knownContactQueries } from './restore/queries.ts';

const AT_ONCE = 1_000;

await operatorScript('contacts-service', async () => {
  await using resources = new AsyncDisposableStack();
  const pool = resources.adopt(openPool(readStoreConfig(process.env).databaseUrl, { max: 1 }), (p) => p.end());
  const { ledger } = knownContactQueries(pool);
  for (let page = await ledger(0, AT_ONCE); page.length > 0; page = await ledger(page.at(-1)!.contactId, AT_ONCE)) {
    await writeLines(process.stdout, page);
  }
});
