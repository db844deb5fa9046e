import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { embeddedKafka } from './embedded.ts';
import { exists } from '../files/files.ts';
import { withAdmin } from './admin.ts';
import { startKafka } from './kafka.ts';
import { freePort, LOOPBACK } from '../process/ports.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { createTopics } from './topics.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  home = await temporaryFolder();
});
afterAll(async () => home[Symbol.asyncDispose]());

const runBrokers = () => process.env['KITH_TEST_KAFKA_BROKERS']!.split(',');

test('a Kafka that we start comes back after a kill -9 on its port with its topics, also in a path with spaces', async () => {
  const options = { folder: join(home.path, 'log of Ada'), port: await freePort(), log: () => {} };
  const killed = await startKafka(options);
  await createTopics(killed.brokers, ['kith.contacts.v1']);
  process.kill(killed.pid!, 'SIGKILL');
  await killed.exited;

  await using kafka = await startKafka(options);
  expect(kafka.brokers).toEqual([`${LOOPBACK}:${options.port}`]);
  expect(await withAdmin(kafka.brokers, { retries: 5 }, (admin) => admin.listTopics())).toEqual(['kith.contacts.v1']);
});

test('a port in use is refused in a sentence that names it', async () => {
  const port = Number(runBrokers()[0]!.split(':')[1]);
  const refused = startKafka({ folder: join(home.path, 'never'), port, log: () => {} });
  await expect(refused).rejects.toThrow(`Kafka cannot listen on port ${port}: it is in use.`);
});

test('topics are created once, with 12 partitions and a retention of seven days', async () => {
  const topic = `twice-${process.pid}`;
  await createTopics(runBrokers(), [topic]);
  await createTopics(runBrokers(), [topic, `${topic}-more`]);
  const [metadata, settings] = await withAdmin(runBrokers(), { retries: 5 }, async (admin) => [
    await admin.fetchTopicMetadata({ topics: [topic] }),
    await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames: ['retention.ms', 'segment.ms'] }],
    }),
  ]);
  expect(metadata.topics[0]!.partitions).toHaveLength(12);
  const values = settings.resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]);
  expect(Object.fromEntries(values)).toEqual({ 'retention.ms': '604800000', 'segment.ms': '3600000' });
});

describe('Kafka cannot run from its jars', () => {
  const find = (name: string, env: NodeJS.ProcessEnv = {}) =>
    embeddedKafka({
      folder: home.path,
      log: () => {},
      env: { PATH: join(home.path, name), XDG_CACHE_HOME: join(home.path, `${name}-cache`), ...env },
    }).find();

  test('without Java', async () => {
    expect(await find('no-java')).toEqual({ reason: 'there is no java: install Java 17 or newer (a JRE will do)' });
  });

  test('with a Java that is too old', async () => {
    await program('old-java', 'java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
    expect(await find('old-java')).toEqual({
      reason: 'Java 11 is too old: install Java 17 or newer (a JRE will do)',
    });
  });

  test('without Maven', async () => {
    await systemJava('no-maven');
    expect(await find('no-maven')).toEqual({ reason: 'there is no mvn: install Apache Maven' });
  });

  test('when the download is interrupted', async () => {
    await systemJava('cut');
    await program('cut', 'mvn', `echo '[ERROR] Could not transfer artifact kafka_2.13: Connection reset'; exit 1`);
    expect(await find('cut')).toEqual({
      reason: expect.stringMatching(/check the network.* Could not transfer artifact kafka_2.13: Connection reset/),
    });
  });

  test('when KITH_STACK asks for Docker', async () => {
    expect(await find('docker', { KITH_STACK: 'docker' })).toEqual({ reason: 'KITH_STACK=docker asks for Docker' });
  });
});

async function program(folder: string, name: string, script: string): Promise<void> {
  const path = join(home.path, folder, name);
  await mkdir(join(home.path, folder), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

async function systemJava(folder: string): Promise<void> {
  await mkdir(join(home.path, folder), { recursive: true });
  for (const directory of process.env['PATH']!.split(delimiter)) {
    const java = join(directory, 'java');
    if (await exists(java)) return symlink(java, join(home.path, folder, 'java'));
  }
}
