import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { migrate } from '@kith/event-store';
import { createDatabase } from '@kith/stack';
import { Client, Pool } from 'pg';

import { appendRows, rowsOfContact } from '../harness/contact-rows.ts';
import { type Context, type Figure, foreign } from '../harness/figure.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { closedLoop, httpClient } from '../harness/load.ts';
import { person } from '../harness/people.ts';
import { cpuMicros } from '../harness/processes.ts';
import { REPOSITORY, type System } from '../harness/system.ts';

const CONNECTIONS = 32;
/** As many as contacts-service has: fewer are faster than 32 on few cores, and the floor is to be the fastest there is. */
const FLOOR_CONNECTIONS = 8;

/**
 * G2: a contact through the gateway to its event, data key, row, list membership and kept answer, over the same rows by one
 * prepared statement in a database that the same migrations made. What follows a create (publishing, verification) goes on
 * while the next ones are made; what of it is left is waited for before the floor's turn, and told.
 */
export async function create(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const contacts = resources.adopt(new Client({ connectionString: system.databases.contacts }), (c) => c.end());
  await contacts.connect();
  const gateway = resources.use(httpClient(system.gatewayUrl, CONNECTIONS));

  let made = 0;
  const createContact = () => gateway.send(newContact(system, ++made), 201);
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
        const start = performance.now();
        await untilSettled(contacts);
        return { ...load, cpu: used / load.count, settled: (performance.now() - start) / 1000 };
      },
      floor: async () => ({
        ...(await closedLoop(CONNECTIONS, context.seconds, () => append(++appended))),
        cpu: NaN,
        settled: NaN,
      }),
    },
    context,
  );
  return [
    {
      goal: 'G2',
      what: `contacts created, ${CONNECTIONS} connections: 201/s over the same rows appended by one statement (pool of ${FLOOR_CONNECTIONS})`,
      ratio: eachRound(rounds, ({ ours, floor }) => ours.perSecond / floor.perSecond),
      target: '≥ 0.45',
      values: {
        'gateway, 201/s': eachRound(rounds, ({ ours }) => ours.perSecond).median,
        'statement, appends/s': eachRound(rounds, ({ floor }) => floor.perSecond).median,
        'gateway p50, ms': eachRound(rounds, ({ ours }) => ours.p50).median,
        'gateway p99, ms': eachRound(rounds, ({ ours }) => ours.p99).median,
        'CPU of gateway and contacts-service, µs': eachRound(rounds, ({ ours }) => ours.cpu).median,
        's until all of them were verified': eachRound(rounds, ({ ours }) => ours.settled).median,
      },
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

/** No contact is pending: every event has been told, checked and answered. */
async function untilSettled(contacts: Client): Promise<void> {
  for (;;) {
    const { rows } = await contacts.query<{ pending: boolean }>(
      `select exists (select from contacts where 'pending' in (email_status, phone_status)) as pending`,
    );
    if (!rows[0]?.pending) return;
    await delay(50);
  }
}
