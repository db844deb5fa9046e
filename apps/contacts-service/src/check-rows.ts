// Proves that every row is what its stream folds to. Prints the ids of those that are not, and then ends with 1.
import { differingRows, keyring, openPool } from '@kith/event-store';

import { contactAggregate, contactListAggregate } from './services.ts';
import { readConfig } from './config.ts';

const config = readConfig(process.env);
await using resources = new AsyncDisposableStack();
const pool = resources.adopt(openPool(config.databaseUrl), (p) => p.end());

const differing = {
  contact: await differingRows(pool, contactAggregate, keyring(config.encryptionKeys)),
  list: await differingRows(pool, contactListAggregate),
};
process.stdout.write(`${JSON.stringify(differing)}\n`);
process.exitCode = Object.values(differing).some((ids) => ids.length > 0) ? 1 : 0;
