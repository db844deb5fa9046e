// A relay that prints when it publishes, and waits for input before it moves its checkpoint: for tests to kill and to freeze.
import { once } from 'node:events';

import { ring } from './diary.fixture.ts';
import { openPool } from './postgres/pool.ts';
import { startRelay } from './relay.ts';

const [url = '', name = '', leaseMs] = process.argv.slice(2);

await startRelay(openPool(url), {
  name,
  keyring: ring,
  ...(leaseMs && { leaseMs: Number(leaseMs) }),
  onError: (error) => process.stdout.write(`${String(error)}\n`),
  onUnpublishable: () => {},
  publication: {
    messagesOf: (event) => [event],
    shellOf: () => [],
    send: async () => {
      process.stdout.write('published\n');
      await once(process.stdin, 'data');
    },
  },
});
