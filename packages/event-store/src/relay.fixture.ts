// A relay that publishes and then hangs before its checkpoint, for relay.test.ts to kill.
import { ring } from './diary.fixture.ts';
import { openPool } from './pool.ts';
import { startRelay } from './relay.ts';

await startRelay(openPool(process.argv[2] ?? ''), {
  name: 'killed',
  keyring: ring,
  onError: (error) => process.stderr.write(`${String(error)}\n`),
  publish: async () => {
    process.stdout.write('published\n');
    await new Promise(() => {});
  },
});
