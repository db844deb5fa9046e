import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startSystem, type System } from '@kith/stack/testing';

type Contact = { id: number; name: string; emailStatus: string | null; phoneStatus: string | null };

// The budget of a minute has 60 reads.
const WITHIN_BUDGET = { every: 400 };

let system: System;
let subscriber: ReturnType<typeof startSubscriber>;

beforeAll(async () => {
  system = await startSystem();
  subscriber = startSubscriber(system);
}, 120_000);
afterAll(async () => {
  subscriber.stop();
  await system[Symbol.asyncDispose]();
}, 60_000);

/** Starts the example as a reader would. Returns the lines that it has printed so far. */
function startSubscriber({ brokers, prefix }: System) {
  const lines: string[] = [];
  const child = spawn(process.execPath, [join(import.meta.dirname, '../examples/subscriber/src/main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC_PREFIX: prefix },
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => lines.push(...chunk.split('\n').filter(Boolean)));
  return { lines, stop: () => child.kill('SIGTERM') };
}

const call = (method: string, path: string, body?: object, token = system.token) =>
  fetch(`${system.gatewayUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

async function newList(): Promise<number> {
  const answer = await call('POST', '/api/v1/contact-lists', { name: 'VIP Customers' });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { data: { id: number } }).data.id;
}

async function newContact(list: number, contact: object, base = '/api/v1'): Promise<Contact> {
  const answer = await call('POST', `${base}/contact-lists/${list}/contacts`, contact);
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { data: Contact }).data;
}

const read = async (id: number, base = '/api/v1') =>
  (await (await call('GET', `${base}/contacts/${id}`)).json()) as { data: Contact };

test('a contact is created as pending and gets its final statuses once its addresses are checked (T-14)', async () => {
  const list = await newList();
  const { id, ...created } = await newContact(list, {
    name: 'Ada Lovelace',
    email: 'ada@kith.test',
    phone: '+14155552671',
  });
  expect(created).toMatchObject({ emailStatus: 'pending', phoneStatus: 'pending' });
  await eventually(
    async () => expect(await read(id)).toMatchObject({ data: { emailStatus: 'valid', phoneStatus: 'valid' } }),
    WITHIN_BUDGET,
  );

  await eventually(() => {
    const told = subscriber.lines.filter((line) => line.includes(`contact ${id} `));
    expect(told.filter((line) => line.startsWith('ContactCreated'))).toHaveLength(1);
    expect(told.filter((line) => line.startsWith('ContactStatusChanged'))).toHaveLength(2);
    expect(told.filter((line) => line.startsWith('StatusVerified'))).toHaveLength(2);
    const versions = told.flatMap((line) =>
      line.startsWith('Contact') ? [Number(/version (\d+)/.exec(line)?.[1])] : [],
    );
    expect(versions).toEqual([1, 2, 3]);
  });
}, 60_000);

test('under /wisedata a contact has the vendor’s seven keys and statuses (WD-20)', async () => {
  const token = await system.issueToken({ dialect: 'wisedata' });
  const list = await newList();
  const answer = await call(
    'POST',
    `/wisedata/api/v1/contact-lists/${list}/contacts`,
    { name: 'John Smith', phone: '+15551234567' },
    token,
  );
  expect(answer.status).toBe(201);
  const { message, data } = (await answer.json()) as { message: string; data: Contact };
  expect(message).toBe('Contact created successfully.');
  expect(Object.keys(data)).toEqual(['id', 'name', 'email', 'phone', 'emailStatus', 'phoneStatus', 'createdAt']);
  // T-1: the number is accepted, and the background check finds out.
  await eventually(
    async () => expect(await read(data.id)).toMatchObject({ data: { phoneStatus: 'invalid' } }),
    WITHIN_BUDGET,
  );
});

describe('the gateway refuses', () => {
  test.each([
    ['no token', ''],
    ['a malformed token', 'kith_nonsense'],
  ])('%s is 401 (WD-50)', async (_, token) => {
    expect((await call('GET', '/api/v1/contact-lists/all', undefined, token)).status).toBe(401);
  });

  test('a revoked token is refused on its next request (WD-06, T-15)', async () => {
    const token = await system.issueToken();
    expect((await call('GET', '/api/v1/contact-lists/all', undefined, token)).status).toBe(200);
    const tokens = (await (await call('GET', '/api/v1/tokens', undefined, system.operatorKey)).json()) as {
      data: { id: string; preview: string }[];
    };
    const id = tokens.data.find(({ preview }) => token.endsWith(preview))?.id;
    expect((await call('DELETE', `/api/v1/tokens/${id}`, undefined, system.operatorKey)).status).toBeLessThan(300);
    expect((await call('GET', '/api/v1/contact-lists/all', undefined, token)).status).toBe(401);
  });

  test('a service behind the gateway answers only requests with the internal key', async () => {
    for (const url of [`${system.contactsUrl}/contact-lists`, `${system.tokensUrl}/accounts`]) {
      const answer = await fetch(url, { headers: { 'x-kith-workspace': system.workspaceId } });
      expect(answer.status).toBe(401);
    }
  });

  test('a refused contact leaves no row, no event and no message (T-16)', async () => {
    const list = await newList();
    const answer = await call('POST', `/api/v1/contact-lists/${list}/contacts`, {
      name: 'A',
      email: 'nowhere',
      phone: '123',
    });
    expect(answer.status).toBe(422);
    expect(Object.keys(((await answer.json()) as { errors: object }).errors).toSorted()).toEqual([
      'email',
      'name',
      'phone',
    ]);
    // The next contact is published, and nothing before it.
    const { id } = await newContact(list, { name: 'Bob' });
    await eventually(() => expect(subscriber.lines.some((line) => line.includes(`contact ${id} `))).toBe(true));
    const told = subscriber.lines.filter((line) => line.startsWith('ContactCreated')).length;
    expect(told).toBe(await createdContacts());
    const page = (await (await call('GET', `/api/v1/contact-lists/${list}/contacts`)).json()) as {
      data: Contact[];
      meta: object;
    };
    expect(page.data.map((contact) => contact.name)).toEqual(['Bob']);
    expect(page.meta).toMatchObject({ total: 1 });
  });
});

/** Counts the contacts that the system says it has. */
async function createdContacts(): Promise<number> {
  const lists = (await (await call('GET', '/api/v1/contact-lists/all')).json()) as {
    data: { contactsCount: number }[];
  };
  return lists.data.reduce((sum, { contactsCount }) => sum + contactsCount, 0);
}

test('no log contains personal data or a secret', () => {
  const logs = system.logs();
  expect(logs).not.toBe('');
  for (const secret of ['ada@kith.test', 'Lovelace', '4155552671', system.token, system.operatorKey])
    expect(logs).not.toContain(secret);
});
