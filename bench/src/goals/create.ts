import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { migrate } from '@kith/event-store';
import { createDatabase } from '@kith/stack';
import { Client, Pool } from 'pg';

import { appendRows, rowsOfContact } from '../harness/contact-rows.ts';
import type { Context } from '../harness/context.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { REPOSITORY } from '../harness/kith.ts';
import { closedLoop, httpClient } from '../harness/load.ts';
import { person } from '../harness/people.ts';
import { cpuMicros } from '../harness/processes.ts';
import { settlementOf } from '../harness/settlement.ts';
import type { System } from '../harness/system.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';

const CONNECTIONS = 32;
/** The pool size of contacts-service. On few cores it is faster than 32 connections, and the floor should be as fast as possible. */
const FLOOR_CONNECTIONS = 8;

/**
 * G2: creates contacts through the gateway (event, data key, row, list membership, idempotency key), compared with the same rows
 * written by one prepared statement to a database with the same migrations. Publishing and verification go on during the creates, so
 * the floor's turn begins after they are done and a pause is over. A burst ends with the last answer, settled with the last status.
 */
export async function create(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const contacts = resources.adopt(new Client({ connectionString: system.databases.contacts }), (c) => c.end());
  await contacts.connect();
  const gateway = resources.use(httpClient(system.gatewayUrl, CONNECTIONS));

  const settlement = resources.use(await settlementOf(system));

  let made = 0;
  async function createContact(): Promise<string> {
    const answer = await gateway.send(newContact(system, ++made), 201);
    settlement.created(answer);
    return answer;
  }
  const { id } = (JSON.parse(await createContact()) as { data: { id: number } }).data;
  const rows = await rowsOfContact(contacts, id);
  context.say(`create: one contact is a row in each of ${rows.map(({ table }) => table).join(', ')}`);

  const floorUrl = await createDatabase(system.databases.contacts, 'bench_floor');
  await migrate(floorUrl, join(REPOSITORY, 'apps/contacts-service/migrations'));
  const pool = resources.adopt(new Pool({ connectionString: floorUrl, max: FLOOR_CONNECTIONS }), (p) => p.end());
  const append = appendRows(pool, rows);

  const services = ['api-gateway', 'contacts-service'].map((name) => system.processes[name]!);
  const cpu = () => services.reduce((sum, pid) => sum + cpuMicros(pid), 0);
  let appended = id;
  const rounds = await interleave(
    {
      async ours() {
        const before = cpu();
        const load = await closedLoop(CONNECTIONS, context.seconds, createContact);
        const used = cpu() - before;
        const end = performance.now();
        const { at } = await settlement.reached();
        const after = Math.max(0, at - end) / 1000;
        return { ...load, cpu: used / load.count, after, settled: load.count / (load.elapsed + after) };
      },
      floor: async () => ({
        ...(await closedLoop(CONNECTIONS, context.seconds, () => append(++appended))),
        cpu: NaN,
        after: NaN,
        settled: NaN,
      }),
    },
    { ...context, rest: context.pause },
  );
  return [
    {
      id: 'G2',
      what: `contacts created, ${CONNECTIONS} connections: 201/s over the same rows appended by one statement (pool of ${FLOOR_CONNECTIONS})`,
      measures: [
        measure(
          'over the raw append, in bursts',
          eachRound(rounds, (m) => m.ours.perSecond / m.floor.perSecond),
          {
            atLeast: 0.5,
          },
        ),
        measure(
          'over the raw append, until settled',
          eachRound(rounds, (m) => m.ours.settled / m.floor.perSecond),
          {
            atLeast: 0.35,
          },
        ),
        measure(
          'gateway, 201/s',
          eachRound(rounds, ({ ours }) => ours.perSecond),
        ),
        measure(
          'gateway, 201/s until settled',
          eachRound(rounds, ({ ours }) => ours.settled),
        ),
        measure(
          'statement, appends/s',
          eachRound(rounds, ({ floor }) => floor.perSecond),
        ),
        measure(
          'gateway p50, ms',
          eachRound(rounds, ({ ours }) => ours.p50),
        ),
        measure(
          'gateway p99, ms',
          eachRound(rounds, ({ ours }) => ours.p99),
        ),
        measure(
          'CPU of gateway and contacts-service, µs',
          eachRound(rounds, ({ ours }) => ours.cpu),
        ),
        measure(
          's until all of them were verified and told',
          eachRound(rounds, ({ ours }) => ours.after),
        ),
      ],
      ...foreign(rounds),
    },
  ];
}

const newContact = ({ token, listId }: System, n: number) =>
  ({
    method: 'POST',
    path: `/api/v1/contact-lists/${listId}/contacts`,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(person(n)),
  }) as const;
