import { setTimeout as delay } from 'node:timers/promises';

import { BARE_MAIN, bareEnvironment, SERVICES } from '../harness/bare-service.ts';
import type { Context } from '../harness/context.ts';
import { type Idle, idleTable, watchIdle } from '../harness/idle.ts';
import { startNode } from '../harness/node-process.ts';
import { residentMiB } from '../harness/processes.ts';
import { sampleOf } from '../harness/statistics.ts';
import type { System } from '../harness/system.ts';
import { type Figure, measure } from '../report/figure.ts';

/** CPU and memory (G11) of an idle system. Memory is compared with a bare process that loads the services' libraries. */
export async function idle(system: System, context: Context): Promise<Figure[]> {
  const [watched] = (await watchIdle([system], context)) as [Idle];
  // The bare process starts only now, because its Kafka consumer would cost the broker CPU.
  const start = () => startNode(BARE_MAIN, bareEnvironment(system));
  // The first start writes the cache of compiled code that the next one reads.
  await (await start())[Symbol.asyncDispose]();
  await using bare = await start();
  context.say(`idle: ${context.idle} s more, of the bare process`);
  await delay(context.idle * 1000, undefined, { signal: context.signal });
  const floor = residentMiB(bare.pid);
  const sizes = SERVICES.map((name) => watched.resident[name] ?? NaN);
  return [
    {
      id: 'idle',
      what: `CPU of an idle system, ${context.idle} s in ${context.rounds} windows`,
      measures: [measure('CPU of everything, % of a core', watched.everything, { atMost: 8 })],
      table: idleTable({ kith: watched }),
    },
    {
      id: 'G11',
      what: `memory (RSS) after ${context.idle} s of idling; bare is Fastify + pg + kafkajs in one process`,
      measures: [
        measure('the four services, MiB', sampleOf(sizes.reduce((sum, size) => sum + size, 0)), { atMost: 420 }),
        measure('the largest over bare', sampleOf(Math.max(...sizes) / floor), { atMost: 1.25 }),
        measure('bare, MiB', sampleOf(floor)),
      ],
    },
  ];
}
