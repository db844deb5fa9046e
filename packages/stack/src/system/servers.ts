import type { Home } from './home.ts';
import { startKafka } from '../kafka/kafka.ts';
import { startPostgres } from '../postgres/postgres.ts';
import type { ProcessRecord } from '../process/process-record.ts';
import { type Running, supervise } from '../process/supervise.ts';
import { startAll } from '../process/start-all.ts';
import type { Progress } from '../process/way.ts';

type ServersOptions = {
  readonly home: Home;
  readonly ports: { readonly postgres: number; readonly kafka: number };
  readonly record: ProcessRecord;
  readonly onStarted: () => void;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Progress;
  readonly signal: AbortSignal;
};

/** Starts and supervises PostgreSQL and Kafka. Each comes back on its own port. */
export async function startServers({ home, ports, record, onStarted, env, log, signal }: ServersOptions) {
  const supervised =
    <Server extends Running>(name: string, process: string, start: (signal: AbortSignal) => Promise<Server>) =>
    (signal: AbortSignal) =>
      supervise({
        name,
        log,
        signal,
        start,
        onStarted({ pid }) {
          record.add(process, pid);
          onStarted();
        },
      });
  const [postgres, kafka] = await startAll(
    [
      supervised('PostgreSQL', 'postgres', (signal) =>
        startPostgres({ folder: home.postgres, port: ports.postgres, durable: true, log, signal, env }),
      ),
      supervised('Kafka', 'kafka', (signal) => startKafka({ folder: home.kafka, port: ports.kafka, log, signal, env })),
    ],
    signal,
  );
  return {
    databaseUrl: postgres.first.url,
    brokers: kafka.first.brokers,
    async [Symbol.asyncDispose]() {
      await Promise.all([postgres[Symbol.asyncDispose](), kafka[Symbol.asyncDispose]()]);
    },
  };
}
