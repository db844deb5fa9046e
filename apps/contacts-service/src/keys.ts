// `npm run kith -- keys status|rewrap`: prints which encryption keys wrap data keys, or wraps all of them by the first.
import { countDataKeys, keyring, type KeyCount, openPool, operatorScript, rewrapDataKeys } from '@kith/event-store';

import { readStoreConfig } from './config.ts';

const REPORT_EVERY = 10_000;

await operatorScript('contacts-service', async () => {
  const { databaseUrl, encryptionKeys } = readStoreConfig(process.env);
  const ring = keyring(encryptionKeys);
  await using resources = new AsyncDisposableStack();
  const pool = resources.adopt(openPool(databaseUrl, { max: 1, applicationName: 'kith keys' }), (p) => p.end());

  if (process.argv[2] === 'rewrap') {
    let reported = 0;
    const { rewrapped, left } = await rewrapDataKeys(pool, ring, {
      onProgress({ rewrapped }) {
        if (rewrapped < reported + REPORT_EVERY) return;
        reported = rewrapped;
        process.stderr.write(`Rewrapped: ${rewrapped} …\n`);
      },
    });
    process.stdout.write(`Rewrapped: ${rewrapped}. Left under other keys: ${left}.\n`);
    if (left > 0)
      process.stderr.write(`A service still wraps by another key: put ${ring.names[0]} first there, too.\n`);
    return left === 0 ? 0 : 1;
  }
  const counts = await countDataKeys(pool, ring);
  process.stdout.write(`contacts-service\n${counts.map((count) => describe(count, ring.names[0])).join('')}`);
  return counts.every(({ inRing }) => inRing) ? 0 : 1;
});

function describe({ name, count, inRing }: KeyCount, current: string): string {
  return `  ${name}  data keys: ${count}  ${meaning()}\n`;

  function meaning(): string {
    if (!inRing) return 'missing from ENCRYPTION_KEY';
    if (name === current) return 'wraps new ones';
    return count > 0 ? 'to be rewrapped' : 'may be taken out of ENCRYPTION_KEY';
  }
}
