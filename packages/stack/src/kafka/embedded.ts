import { randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { startChild, stopChild, untilReady } from '../process/child.ts';
import { javaEnvironment } from '../process/environment.ts';
import { exists, makeClosedFolder, writeWhole } from '../files/files.ts';
import { kafkaJars, type KafkaJars } from './jars.ts';
import { choosePort, freePort, LOOPBACK } from '../process/ports.ts';
import { runProgram } from '../process/run-program.ts';
import { describeCluster } from './topics.ts';
import type { Found, KafkaBroker, KafkaOptions, Way } from '../process/way.ts';

const CONFIGURATION = join(import.meta.dirname, '../../kafka');

/** Options for little memory and a quick start, not for long-term speed. */
const JVM = [
  '-Xms128m',
  '-Xmx192m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xlog:cds=off',
  '-Xlog:cds+dynamic=off',
];

export const embeddedKafka = (options: KafkaOptions): Way<KafkaBroker> => ({
  name: 'jars',
  async find(): Promise<Found<KafkaBroker>> {
    const { env = process.env } = options;
    if (env['KITH_STACK'] === 'docker') return { reason: 'KITH_STACK=docker asks for Docker' };
    const jars = await kafkaJars(options);
    return 'reason' in jars ? jars : { start: () => start(jars, options) };
  },
});

async function start({ classPath, archive }: KafkaJars, options: KafkaOptions): Promise<KafkaBroker> {
  const { signal, env = process.env } = options;
  const folder = resolve(options.folder);
  await makeClosedFolder(folder);
  const port = await choosePort('Kafka', options.port);
  await writeWhole(join(folder, 'server.properties'), await serverProperties(port, await freePort()));

  const jvm = [
    ...JVM,
    `-Dlog4j2.configurationFile=${pathToFileURL(join(CONFIGURATION, 'log4j2.properties')).href}`,
    '-cp',
    classPath,
  ];
  if (!(await exists(join(folder, 'data/meta.properties')))) await format(folder, jvm, options);

  const archived = await exists(archive);
  const draft = `${archive}.${process.pid}-${port}`;
  const child = await startChild(
    'java',
    [
      archived ? `-XX:SharedArchiveFile=${archive}` : `-XX:ArchiveClassesAtExit=${draft}`,
      ...jvm,
      'kafka.Kafka',
      'server.properties',
    ],
    { cwd: folder, env: javaEnvironment(env), logFile: join(folder, 'kafka.log') },
  );
  const stop = async () => {
    await stopChild(child, ['SIGTERM', 'SIGKILL']);
    if (!archived) await rename(draft, archive).catch(() => rm(draft, { force: true })); // A SIGKILL leaves no archive.
  };
  const brokers = [`${LOOPBACK}:${port}`];
  try {
    await untilReady('Kafka', child, () => describeCluster(brokers), signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers, pid: child.pid, exited: child.exited, [Symbol.asyncDispose]: stop };
}

async function serverProperties(port: number, controllerPort: number): Promise<string> {
  const fixed = await readFile(join(CONFIGURATION, 'server.properties'), 'utf8');
  return `${fixed}
listeners=PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}
advertised.listeners=PLAINTEXT://${LOOPBACK}:${port}
controller.quorum.voters=1@${LOOPBACK}:${controllerPort}
`;
}

/** Formats the storage: KRaft needs its cluster id before the first start. */
async function format(
  folder: string,
  jvm: readonly string[],
  { env = process.env, log, signal }: KafkaOptions,
): Promise<void> {
  log('Kafka: making an empty log');
  // A data folder without an id comes from an interrupted start.
  await rm(join(folder, 'data'), { recursive: true, force: true });
  // The id must not begin with a dash: Kafka would read it as an option.
  const clusterId = `K${randomBytes(16).toString('base64url').slice(1)}`;
  await runProgram('java', [...jvm, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', 'server.properties'], {
    cwd: folder,
    env: javaEnvironment(env),
    ...(signal && { signal }),
  });
}
