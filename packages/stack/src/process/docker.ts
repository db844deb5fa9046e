import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { GenericContainer, StartedTestContainer } from 'testcontainers';

import { exists, writeWhole } from '../files/files.ts';
import { LOOPBACK } from './ports.ts';
import type { Found, Progress } from './way.ts';

type ContainerOptions = {
  /** Keeps the secret and the log. */
  readonly folder: string;
  readonly log: Progress;
  readonly signal?: AbortSignal;
};

/** How to start a server in Docker, or the reason why Docker cannot. Importing testcontainers takes a second, so only this way does. */
export async function ifDockerAnswers<Server>(start: () => Promise<Server>): Promise<Found<Server>> {
  try {
    await docker();
    return { start };
  } catch {
    return { reason: 'no Docker (or Podman) answers' };
  }
}

/**
 * A volume that lives as long as the folder. A bind mount would not do: we could not remove files that a container's user
 * owns. The secret in the folder tells whether the volume's content still belongs to it.
 */
export async function namedVolume(path: string, server: string): Promise<{ volume: string; secret: string }> {
  const folder = resolve(path);
  const volume = `kith-${server}-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  const { dockerode } = await docker();
  // A killed start leaves its container behind. It holds this volume and usually the port that we want.
  await dockerode.getContainer(volume).remove({ force: true, v: true }).catch(unlessGone);

  const file = join(folder, 'docker-secret');
  if (await exists(file)) return { volume, secret: await readFile(file, 'utf8') };
  await dockerode.getVolume(volume).remove().catch(unlessGone);
  // Kafka uses it as its cluster id: 22 characters of base64url, the first one not a dash.
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

const logFile = ({ folder }: ContainerOptions) => join(resolve(folder), 'docker.log');

export async function startContainer(
  image: string,
  name: string,
  port: { container: number; host: number },
  options: ContainerOptions,
  configure: (container: GenericContainer) => GenericContainer,
): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  /** Publishes the port to this machine only; testcontainers publishes it to the whole network. */
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
    // No wait strategy: we probe the server ourselves, without the limit of a minute, and stop when told to.
    .withWaitStrategy(Wait.forAll([]))
    .withLogConsumer((output) => output.pipe(createWriteStream(logFile(options), { flags: 'a' })));
  try {
    return await configure(container).start();
  } catch (error) {
    throw new Error(
      `Docker could not start ${image}, or testcontainers/ryuk, which removes it if this process is killed ` +
        `(TESTCONTAINERS_RYUK_DISABLED=true starts without ryuk). Docker said: ${Error.isError(error) ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Waits until `probe` succeeds. Disposing of it stops the container in time for the server to close its files. */
export async function answering(
  container: StartedTestContainer,
  probe: () => Promise<unknown>,
  options: ContainerOptions,
) {
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
      if (ended) throw new Error(`The container ended while it was starting. Its log: ${logFile(options)}`);
      const answered = await probe().then(
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
