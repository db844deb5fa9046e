// The part of `npm run kith -- repair-feed` that is this service's. It reads the contacts that others know from stdin, a line of JSON each.
import { knownContact } from '@kith/contracts/contacts';
import { keyring, openPool, openRestored, operatorScript, readLines } from '@kith/event-store';

import { services } from './services.ts';
import { readStoreConfig } from './config.ts';
import { replay } from './restore/replay.ts';
import { knownContactQueries } from './restore/queries.ts';

await operatorScript('contacts-service', async () => {
  const { databaseUrl, encryptionKeys } = readStoreConfig(process.env);
  // Clients and subscribers may have seen numbers after the last known one, so a margin is left out.
  const skipped = Number(process.argv[2]);
  await using restored = await openRestored(databaseUrl);
  const moved = await restored.repairFeed();
  await using resources = new AsyncDisposableStack();
  const pool = resources.adopt(openPool(databaseUrl, { max: 2 }), (p) => p.end());
  const { contacts } = services(pool, keyring(encryptionKeys));
  const deps = { contacts, known: knownContactQueries(pool) };

  let [last, erased, toldAnew] = [0, 0, 0];
  const reused: number[] = [];
  for await (const lines of readLines(process.stdin, knownContact)) {
    const replayed = await replay(deps, lines);
    last = Math.max(last, ...lines.map(({ contactId }) => contactId));
    erased += replayed.erased.length;
    toldAnew += replayed.toldAnew.length;
    reused.push(...replayed.reused);
  }
  const lastContact = Math.max(last, await restored.lastStream('contact')) + skipped;
  const lastList = (await restored.lastStream('list')) + skipped;
  await restored.raise('contact_ids', lastContact);
  await restored.raise('list_ids', lastList);

  process.stdout.write(
    `contacts-service: events put into this server's time: ${moved}; erasures carried out again: ${erased}; contacts told anew: ${toldAnew}; ` +
      `no contact is given a number up to ${lastContact}, no list one up to ${lastList}.\n`,
  );
  if (reused.length === 0) return;
  process.stdout.write(
    `Left alone, because their numbers were given away again before this repair: contacts ${[...new Set(reused)].join(', ')}.\n`,
  );
});
