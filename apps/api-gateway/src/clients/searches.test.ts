import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { serveContacts, testGateway, type TestGateway } from '../gateway.fixture.ts';

const OTHER = 'ws_00000000000000000000000002';

let gateway: TestGateway;
let flooder: string;
let other: string;
let release: () => void;
beforeEach(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  flooder = gateway.token();
  other = gateway.token({ workspaceId: OTHER });
  const page = { body: { items: [], total: 0, moreThanTotal: false, nextCursor: null } };
  for (const path of ['/contacts', '/contact-lists/1/contacts'])
    gateway.serve(`GET ${path}?search=ada&sort=created_at&order=desc&page=1&perPage=15`, page);
  const gate = Promise.withResolvers<void>();
  release = gate.resolve;
  // A search of the flooder takes as long as we like.
  gateway.services.before = ({ call, headers }) =>
    call.includes('search=') && headers['x-kith-workspace'] !== OTHER ? gate.promise : undefined;
});
afterEach(async () => {
  release();
  await gateway[Symbol.asyncDispose]();
});

const get = async (path: string, as: string) => gateway.call(`/api/v1${path}`, { as });
const flood = () =>
  Array.from({ length: 120 }, (_, n) =>
    get(n % 2 ? '/contacts?search=ada' : '/contact-lists/1/contacts?search=ada', flooder),
  );
const searched = () => gateway.services.calls.filter(({ call }) => call.includes('search=')).length;

test('A workspace with 120 slow searches under way holds up no other, nor its own reads', async () => {
  const answers = flood();
  await eventually(() => expect(searched()).toBeGreaterThan(0));
  expect((await get('/contacts/123', other)).statusCode).toBe(200);
  expect((await get('/contacts?search=ada', other)).statusCode).toBe(200);
  expect((await get('/contacts/123', flooder)).statusCode).toBe(200);
  // None of the flood is answered yet, and one workspace has no more than its share under way.
  expect(searched()).toBe(8 + 1);
  release();
  const statuses = (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  // The 48 that could not even wait are refused, and perhaps more where the machine is slower than their patience.
  const [served, refused] = [200, 503].map((wanted) => statuses.filter((status) => status === wanted).length);
  expect(served).toBeGreaterThanOrEqual(8);
  expect(refused).toBeGreaterThanOrEqual(48);
  expect([served, refused]).toEqual([120 - (refused ?? 0), 120 - (served ?? 0)]);
});

test('A search beyond those that can wait is told at once to come again', async () => {
  const refused = await flood()[119];
  expect(refused?.statusCode).toBe(503);
  expect(refused?.headers['retry-after']).toBe('1');
  expect(refused?.json()).toMatchObject({ message: expect.stringContaining('searches') });
});

test('A search that waits longer than a call may take is told to come again, and never runs', async () => {
  const answers = await Promise.all(flood());
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
  expect(searched()).toBe(8);
});
