import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { GenericContainer, StartedTestContainer } from 'testcontainers';

import { query } from '../postgres/database.ts';
import { exists, writeWhole } from './files.ts';
import { choosePort, LOOPBACK } from './ports.ts';
import { asArguments, SETTINGS } from '../postgres/settings.ts';
import { describeCluster } from '../kafka/topics.ts';
import type { Found, KafkaBroker, KafkaOptions, Postgres, PostgresOptions, Way } from './way.ts';

const POSTGRES_IMAGE = 'postgres:18';
const KAFKA_IMAGE = 'apache/kafka:4.3.1';

export const dockerPostgres = (options: PostgresOptions): Way<Postgres> => ({
  name: 'Docker',
  find: () =>
    ifDockerAnswers(async () => {
      const { volume, secret: password } = await namedVolume(options.folder, 'postgres');
      const port = await choosePort('PostgreSQL', options.port);
      const container = await startContainer(
        POSTGRES_IMAGE,
        volume,
        { container: 5432, host: port },
        options,
        (postgres) =>
          postgres
            .withEnvironment({
              POSTGRES_PASSWORD: password,
              POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8',
            })
            .withBindMounts([{ source: volume, target: '/var/lib/postgresql' }])
            .withCommand(['postgres', ...asArguments(options.durable ? SETTINGS : [...SETTINGS, 'fsync=off'])]),
      );
      const url = `postgres://postgres:${password}@${LOOPBACK}:${port}/postgres`;
      return { url, ...(await answering(container, () => query(url, 'select 1'), options)) };
    }),
});

export const dockerKafka = (options: KafkaOptions): Way<KafkaBroker> => ({
  name: 'Docker',
  find: () =>
    ifDockerAnswers(async () => {
      const { volume, secret: clusterId } = await namedVolume(options.folder, 'kafka');
      const port = await choosePort('Kafka', options.port);
      const settings = await readFile(join(import.meta.dirname, '../../kafka/server.properties'), 'utf8');
      const container = await startContainer(KAFKA_IMAGE, volume, { container: 9092, host: port }, options, (kafka) =>
        kafka
          .withEnvironment({
            ...asEnvironment(settings),
            CLUSTER_ID: clusterId,
            KAFKA_LOG_DIRS: '/var/lib/kafka/data',
            KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
            KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${LOOPBACK}:${port}`,
            KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
          })
          .withBindMounts([{ source: volume, target: '/var/lib/kafka/data' }]),
      );
      const brokers = [`${LOOPBACK}:${port}`];
      return { brokers, ...(await answering(container, () => describeCluster(brokers), options)) };
    }),
});

/** `log.dirs=data` as the image wants it: `KAFKA_LOG_DIRS`. */
const asEnvironment = (properties: string): Record<string, string> =>
  Object.fromEntries(
    [...properties.matchAll(/^([a-z.]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
      value,
    ]),
  );

// Loaded only where Docker is asked for: testcontainers takes a second to import.
async function ifDockerAnswers<Server>(start: () => Promise<Server>): Promise<Found<Server>> {
  try {
    await docker();
    return { start };
  } catch {
    return { reason: 'no Docker (or Podman) answers' };
  }
}

/**
 * A volume that lives as long as the folder: files that a container's user owns in the folder itself could not be removed
 * with it. The secret in the folder tells whether the volume's content is still the folder's.
 */
async function namedVolume(path: string, server: string): Promise<{ volume: string; secret: string }> {
  const folder = resolve(path);
  const volume = `kith-${server}-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  const { dockerode } = await docker();
  // A start that was killed leaves its container, on this volume and, mostly, on the port that we want.
  await dockerode.getContainer(volume).remove({ force: true, v: true }).catch(unlessGone);

  const file = join(folder, 'docker-secret');
  if (await exists(file)) return { volume, secret: await readFile(file, 'utf8') };
  await dockerode.getVolume(volume).remove().catch(unlessGone);
  // Kafka takes it as the id of its cluster: 22 characters of base64url, the first no dash.
  const secret = `K${randomBytes(16).toString('base64url').slice(1)}`;
  await mkdir(folder, { recursive: true });
  await writeWhole(file, secret, 0o600);
  return { volume, secret };
}

async function docker() {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return (await getContainerRuntimeClient()).container;
}

function unlessGone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error;
}

type ContainerOptions = Pick<PostgresOptions, 'folder' | 'log' | 'signal'>;

const logFile = ({ folder }: ContainerOptions) => join(resolve(folder), 'docker.log');

async function startContainer(
  image: string,
  name: string,
  port: { container: number; host: number },
  options: ContainerOptions,
  configure: (container: GenericContainer) => GenericContainer,
): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  /** Published for this machine only; testcontainers publishes to the whole network. */
  class LoopbackContainer extends GenericContainer {
    protected override async beforeContainerCreated() {
      this.hostConfig.PortBindings = {
        [`${port.container}/tcp`]: [{ HostIp: LOOPBACK, HostPort: String(port.host) }],
      };
    }
  }
  options.log(`Docker: starting ${image}`);
  const container = new LoopbackContainer(image)
    .withName(name)
    .withExposedPorts(port)
    // For nothing: we ask the server itself, without a limit of a minute, and stop asking when told to.
    .withWaitStrategy(Wait.forAll([]))
    .withLogConsumer((output) => output.pipe(createWriteStream(logFile(options), { flags: 'a' })));
  try {
    return await configure(container).start();
  } catch (error) {
    throw new Error(
      `Docker could not start ${image}, or testcontainers/ryuk, which removes it should we be killed ` +
        `(TESTCONTAINERS_RYUK_DISABLED=true does without). It said: ${Error.isError(error) ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Waits for the server in the container, and stops it so that it can close its files. */
async function answering(container: StartedTestContainer, ask: () => Promise<unknown>, options: ContainerOptions) {
  const { dockerode } = await docker();
  let ended = false;
  const end = () => {
    ended = true;
  };
  const exited = dockerode.getContainer(container.getId()).wait().then(end, end);
  const stop = async () => {
    await container.stop({ timeout: 8000 }).catch(unlessGone);
  };
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      if (ended) throw new Error(`The container ended while it was starting. Its last words: ${logFile(options)}`);
      const answered = await ask().then(
        () => true,
        () => false,
      );
      if (answered) return { pid: undefined, exited, [Symbol.asyncDispose]: stop };
      await delay(100);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}
