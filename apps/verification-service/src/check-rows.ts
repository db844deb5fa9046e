// Proves that every row equals the fold of its stream. Prints the ids of those that do not, and then exits with 1.
import { differingRows, openPool } from '@kith/event-store';

import { verificationAggregate } from './services.ts';
import { readConfig } from './config.ts';

const config = readConfig(process.env);
await using resources = new AsyncDisposableStack();
const pool = resources.adopt(openPool(config.databaseUrl), (p) => p.end());

const differing = { contact: await differingRows(pool, verificationAggregate) };
process.stdout.write(`${JSON.stringify(differing)}\n`);
process.exitCode = Object.values(differing).some((ids) => ids.length > 0) ? 1 : 0;
