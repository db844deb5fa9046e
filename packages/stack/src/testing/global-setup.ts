import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { startKafka } from '../kafka/kafka.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { temporaryFolder } from './folder.ts';
import { servers } from './servers.ts';

/** Starts one PostgreSQL and one Kafka for the whole run. Each test file has its own database and topics on them. */
export default async function setup(): Promise<void> {
  const { path: folder } = servers.use(await temporaryFolder());
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const [postgres, kafka] = await Promise.allSettled([
    startPostgres({ folder: join(folder, 'postgres'), durable: false, log }),
    startKafka({ folder: join(folder, 'kafka'), log }),
  ]);
  if (postgres.status === 'fulfilled') servers.use(postgres.value);
  if (kafka.status === 'fulfilled') servers.use(kafka.value);
  if (postgres.status === 'rejected' || kafka.status === 'rejected') {
    await servers.disposeAsync();
    throw postgres.status === 'rejected' ? postgres.reason : (kafka as PromiseRejectedResult).reason;
  }
  servers.use(watchdog(folder, [postgres.value.pid, kafka.value.pid]));
  process.env['KITH_TEST_DATABASE_URL'] = postgres.value.url;
  process.env['KITH_TEST_FOLDER'] = folder;
  process.env['KITH_TEST_KAFKA_BROKERS'] = kafka.value.brokers.join(',');
}

/** Ends the servers when Ctrl-C or kill -9 ends the run: a shell waits until our end of its pipe closes. */
function watchdog(folder: string, pids: readonly (number | undefined)[]): Disposable {
  const running = pids.filter((pid) => pid !== undefined).map(String);
  const script = 'cat > /dev/null; kill -INT "$@"; while kill -0 "$@"; do sleep 0.2; done; rm -rf "$0"';
  const shell = spawn('sh', ['-c', script, folder, ...running], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  return { [Symbol.dispose]: () => shell.kill('SIGKILL') };
}
