// The part of `npm run kith -- repair-feed` that is this service's: its ids are random, so there is only the feed.
import { openRestored, operatorScript } from '@kith/event-store';

import { readStoreConfig } from './config.ts';

await operatorScript('token-service', async () => {
  await using restored = await openRestored(readStoreConfig(process.env).databaseUrl);
  process.stdout.write(`token-service: events put into this server's time: ${await restored.repairFeed()}.\n`);
});
