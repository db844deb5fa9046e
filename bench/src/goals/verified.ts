import { setTimeout as delay } from 'node:timers/promises';

import { contactsTopic } from '@kith/contracts/topics';
import { connectKafka, consume } from '@kith/kafka';

import type { Context } from '../harness/context.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { startLeg } from '../harness/leg.ts';
import { httpClient, openLoop } from '../harness/load.ts';
import { person } from '../harness/people.ts';
import { quantile } from '../harness/statistics.ts';
import type { System } from '../harness/system.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';

const PER_SECOND = 50;
const CONNECTIONS = 64;
/** Longer than verification-service keeps trying. */
const PATIENCE_MS = 90_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

type Settled = { readonly visibleAt: number; readonly toldAt: number };

/**
 * G4: the time from the request that creates a contact to the final status of both its addresses. `visible` is when the status was stored
 * (the time of the event), `told` when a reader of `kith.contacts.v1` had it. The path consists of two bare legs with the checks between.
 */
export async function verified(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const settled = new Map<number, Settled>();
  const finals = new Map<number, number>();
  const kafka = connectKafka({
    brokers: system.kafkaBrokers,
    prefix: 'kith',
    clientId: 'bench',
    log: SILENT,
  });
  const consumer = resources.use(
    await consume(kafka, {
      group: 'bench',
      topic: contactsTopic,
      fromBeginning: false,
      async handle(messages) {
        for (const { event, time } of messages) {
          if (event.type !== 'ContactStatusChanged') continue;
          const { contactId } = event.data;
          const count = (finals.get(contactId) ?? 0) + 1;
          finals.set(contactId, count);
          // Each contact has two: the e-mail address and the phone number.
          if (count === 2) settled.set(contactId, { visibleAt: time.getTime(), toldAt: now() });
        }
      },
    }),
  );
  await consumer.joined;
  const leg = resources.use(await startLeg(system, kafka));
  const gateway = resources.use(httpClient(system.gatewayUrl, CONNECTIONS));

  const forTheTurn = (begun: number) => begun < context.seconds * PER_SECOND;
  let made = 0;
  const rounds = await interleave(
    {
      async ours() {
        const begun = new Map<number, number>();
        await openLoop(PER_SECOND, forTheTurn, async () => {
          const start = now();
          const answer = await gateway.send(newContact(system, ++made), 201);
          begun.set((JSON.parse(answer) as { data: { id: number } }).data.id, start);
        });
        await untilAll([...begun.keys()], (id) => settled.has(id));
        const ends = [...begun].map(([id, start]) => ({ start, ...settled.get(id)! }));
        const told = ends.map(({ start, toldAt }) => toldAt - start);
        const visible = ends.map(({ start, visibleAt }) => visibleAt - start);
        return { ...percentiles(visible), toldP50: quantile(told, 0.5), toldP99: quantile(told, 0.99) };
      },
      async leg() {
        const latencies: number[] = [];
        await openLoop(PER_SECOND, forTheTurn, async () => {
          const start = now();
          await leg.pass();
          latencies.push(now() - start);
        });
        return { ...percentiles(latencies), toldP50: NaN, toldP99: NaN };
      },
    },
    context,
  );
  const of = (name: 'p50' | 'p99' | 'toldP50' | 'toldP99') => eachRound(rounds, ({ ours }) => ours[name]);
  return [
    {
      id: 'G4',
      what: `contact created → final status visible, ${PER_SECOND}/s, beside twice a bare leg (insert → 5 ms poll → Kafka → transaction)`,
      measures: [
        measure(
          'p50 over twice the p50 of a bare leg',
          eachRound(rounds, ({ ours, leg }) => ours.p50 / (2 * leg.p50)),
          { atMost: 1.3 },
        ),
        measure('visible p50, ms', of('p50')),
        measure('visible p99, ms', of('p99'), { atMost: 50 }),
        measure('told p50, ms', of('toldP50')),
        measure('told p99, ms', of('toldP99')),
        measure(
          'bare leg p50, ms',
          eachRound(rounds, ({ leg }) => leg.p50),
        ),
        measure(
          'bare leg p99, ms',
          eachRound(rounds, ({ leg }) => leg.p99),
        ),
      ],
      ...foreign(rounds),
    },
  ];
}

async function untilAll(ids: readonly number[], isSettled: (id: number) => boolean): Promise<void> {
  const patience = now() + PATIENCE_MS;
  while (!ids.every(isSettled)) {
    if (now() > patience) throw new Error(`${ids.filter((id) => !isSettled(id)).length} contacts were never settled.`);
    await delay(20);
  }
}

const percentiles = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) });

/** Reads the clock that events are stamped with, at a finer resolution than a millisecond. */
const now = () => performance.timeOrigin + performance.now();

const newContact = ({ token, listId }: System, n: number) =>
  ({
    method: 'POST',
    path: `/api/v1/contact-lists/${listId}/contacts`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(person(n)),
  }) as const;
