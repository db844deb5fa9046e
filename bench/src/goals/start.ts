import { join } from 'node:path';

import { createDatabase, createTopics, freePort, topicNames } from '@kith/stack';

import { BARE_MAIN, bareEnvironment, SERVICES } from '../harness/bare-service.ts';
import type { Context } from '../harness/context.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { REPOSITORY } from '../harness/kith.ts';
import { startNode } from '../harness/node-process.ts';
import { environmentOf } from '../harness/processes.ts';
import { sampleOf } from '../harness/statistics.ts';
import type { System } from '../harness/system.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';

type Starting = {
  readonly main: string;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  readonly probe: string;
};

/** G12: starts the four services in parallel on empty databases, compared with as many bare processes. */
export async function start(system: System, context: Context): Promise<Figure[]> {
  let round = 0;
  const rounds = await interleave(
    {
      services: async () => timed(await newServices(system, ++round)),
      bare: async () => timed(await bareOnes(system)),
    },
    context,
  );
  return [
    {
      id: 'G12',
      what: 'four services in parallel from their start to ready, migrations done, over four bare processes (Fastify + pg + kafkajs)',
      measures: [
        measure(
          'over the bare ones',
          eachRound(rounds, ({ services, bare }) => services / bare),
          { atMost: 2 },
        ),
        measure(
          'services, s',
          eachRound(rounds, ({ services }) => services),
          { atMost: 3 },
        ),
        measure(
          'bare, s',
          eachRound(rounds, ({ bare }) => bare),
        ),
        measure('npm start on an empty data folder, s', sampleOf(system.startedIn)),
      ],
      ...foreign(rounds),
    },
  ];
}

async function timed(all: readonly Starting[]): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const start = performance.now();
  const started = await Promise.all(
    all.map(({ main, env, port, probe }) => startNode(main, env, { port, probe, cwd: join(main, '../..') })),
  );
  const took = (performance.now() - start) / 1000;
  started.forEach((one) => resources.use(one));
  return took;
}

/** The services with the environments that `npm start` gave them, except for this round's ports, databases and topics. */
async function newServices(system: System, round: number): Promise<readonly Starting[]> {
  const prefix = `bench-start-${round}`;
  await createTopics(system.kafkaBrokers, Object.values(topicNames(prefix)));
  const ports = new Map<string, number>();
  for (const name of SERVICES) ports.set(name, await freePort());
  const urlOf = (name: string) => `http://127.0.0.1:${ports.get(name)}`;
  const all: Starting[] = [];
  for (const name of SERVICES) {
    const env = environmentOf(system.processes[name] ?? NaN);
    const { DATABASE_URL } = env;
    all.push({
      main: join(REPOSITORY, 'apps', name, 'src/main.ts'),
      port: ports.get(name)!,
      probe: '/readyz',
      env: {
        ...env,
        METRICS_PORT: '0',
        KAFKA_TOPIC_PREFIX: prefix,
        CONTACTS_URL: urlOf('contacts-service'),
        TOKENS_URL: urlOf('token-service'),
        ...(DATABASE_URL && { DATABASE_URL: await createDatabase(DATABASE_URL, `${prefix}-${name}`) }),
      },
    });
  }
  return all;
}

async function bareOnes(system: System): Promise<readonly Starting[]> {
  const env = bareEnvironment(system);
  const all: Starting[] = [];
  for (const _ of SERVICES) all.push({ main: BARE_MAIN, port: await freePort(), probe: '/healthz', env });
  return all;
}
