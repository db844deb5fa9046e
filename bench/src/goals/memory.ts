import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Context, Figure } from '../harness/figure.ts';
import { startNode } from '../harness/node-process.ts';
import { residentMiB } from '../harness/processes.ts';
import type { System } from '../harness/system.ts';

const SERVICES = ['api-gateway', 'contacts-service', 'token-service', 'verification-service'];

/** G11: memory of each service some time after its start, beside one process that holds the libraries they stand on. */
export async function memory(system: System, { idle, say }: Context): Promise<Figure[]> {
  await using bare = await startNode(join(import.meta.dirname, '../bare/idle.ts'), {
    DATABASE_URL: system.databases.contacts,
    KAFKA_BROKERS: system.kafkaBrokers[0],
    TOPIC: 'kith.contacts.v1',
  });
  say(`memory: ${idle} s of idling`);
  await delay(idle * 1000);
  const floor = residentMiB(bare.pid);
  const services = SERVICES.map((name) => [name, residentMiB(system.processes[name] ?? NaN)] as const);
  const sizes = services.map(([, size]) => size);
  return [
    {
      goal: 'G11',
      what: `memory (RSS) after ${idle} s of idling, MiB; bare is Fastify + pg + kafkajs in one process (goals: 1.25 × bare each, 400 in all)`,
      values: {
        bare: floor,
        ...Object.fromEntries(services),
        'all four': sizes.reduce((sum, size) => sum + size, 0),
        'the largest over bare': Math.max(...sizes) / floor,
      },
    },
  ];
}
