// The part of `npm run kith -- repair-feed` that is this service's. It reads the ledger of erasures from stdin, a line of JSON each.
import { knownContact } from '@kith/contracts/contacts';
import { openPool, openRestored, operatorScript, readLines } from '@kith/event-store';

import { services } from './services.ts';
import { forgettingId } from './command-ids.ts';
import { readStoreConfig } from './config.ts';

await operatorScript('verification-service', async () => {
  const { databaseUrl } = readStoreConfig(process.env);
  await using restored = await openRestored(databaseUrl);
  const moved = await restored.repairFeed();
  await using resources = new AsyncDisposableStack();
  const { verifications } = services(resources.adopt(openPool(databaseUrl, { max: 2 }), (pool) => pool.end()));

  let forgotten = 0;
  for await (const lines of readLines(process.stdin, knownContact)) {
    const erased = lines.filter(({ erasedAt }) => erasedAt !== undefined);
    const facts = await verifications.handleAll(
      erased.map(({ contactId, workspaceId }) => ({
        id: String(contactId),
        command: { type: 'ForgetContact', contactId, workspaceId },
        context: { commandId: forgettingId(contactId), meta: { actor: 'repair-feed' } },
      })),
    );
    forgotten += facts.filter((count) => count > 0).length;
  }
  process.stdout.write(
    `verification-service: events put into this server's time: ${moved}; contacts forgotten again: ${forgotten}.\n`,
  );
});
