import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { serveContacts, testGateway, type TestGateway } from '../../gateway.fixture.ts';
import { toPageMeta } from '../../wire/pages.ts';

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  token = gateway.token({ dialect: 'wisedata' });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.services.calls = [];
});

const get = (path: string) => gateway.call(`/wisedata/api/v1${path}`, { as: token });
const create = (body: unknown) =>
  gateway.call('/wisedata/api/v1/contact-lists/1/contacts', { method: 'POST', body, as: token });

describe('A page', () => {
  test.each([
    ['sort=name&order=asc', 'sort=name&order=asc&page=1&perPage=15'],
    ['sort=email', 'sort=email&order=desc&page=1&perPage=15'],
    ['sort=phone&per_page=100', 'sort=phone&order=desc&page=1&perPage=100'],
    ['page=7&per_page=1', 'sort=created_at&order=desc&page=7&perPage=1'],
    ['search=%2B1%20555%25', 'search=%2B1+555%25&sort=created_at&order=desc&page=1&perPage=15'],
    ['search=', 'sort=created_at&order=desc&page=1&perPage=15'],
    ['cursor=x&colour=red', 'sort=created_at&order=desc&page=1&perPage=15'],
  ])('may be asked for with %s (WD-11)', async (query, asked) => {
    await get(`/contact-lists/1/contacts?${query}`);
    expect(gateway.services.calls.at(-1)?.call).toBe(`GET /contact-lists/1/contacts?${asked}`);
  });

  test.each([
    'sort=age',
    'order=up',
    'page=0',
    'page=-1',
    'page=x',
    'page=1e1',
    'page=',
    'page=1&page=2',
    'per_page=0',
    'per_page=101',
    `search=${'x'.repeat(201)}`,
    'search=%00',
  ])('is refused with %s (WD-35, T-9)', async (query) => {
    const answer = await get(`/contact-lists/1/contacts?${query}`);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toEqual({
      message: expect.any(String),
      errors: { [query.split('=')[0] ?? '']: [expect.any(String)] },
    });
  });

  test.each([
    [0, 1],
    [15, 1],
    [16, 2],
    [42, 3],
  ])('of %i contacts has the last page %i (WD-21)', (total, last) => {
    expect(toPageMeta({ page: 9, perPage: 15 }, total)).toEqual({
      current_page: 9,
      per_page: 15,
      total,
      last_page: last,
    });
  });
});

describe('A new contact', () => {
  test.each<[string, unknown, string[]]>([
    ['without a name (WD-30)', {}, ['name']],
    ['with a name of one letter (WD-30)', { name: 'A' }, ['name']],
    ['with a name of 101 letters (WD-30)', { name: 'x'.repeat(101) }, ['name']],
    ['with a number for a name', { name: 12 }, ['name']],
    ['with NUL in its name', { name: 'A\u0000da' }, ['name']],
    ['with a lone surrogate in its name', { name: 'A\ud800da' }, ['name']],
    ['with an e-mail that is no address (WD-31)', { name: 'Ada', email: 'nowhere' }, ['email']],
    ['with an empty e-mail', { name: 'Ada', email: '' }, ['email']],
    ['with a disposable e-mail (WD-31)', { name: 'Ada', email: 'x@mailinator.com' }, ['email']],
    ['with a phone of seven characters (WD-32)', { name: 'Ada', phone: '1234567' }, ['phone']],
    ['with a phone of 21 characters (WD-32)', { name: 'Ada', phone: '1'.repeat(21) }, ['phone']],
    [
      'with everything wrong (WD-33, WD-53)',
      { name: '', email: 'x@mailinator.com', phone: 'y' },
      ['email', 'name', 'phone'],
    ],
    ['that is a list', [], ['body']],
  ])('%s is refused, each field named, and nothing is written (T-16)', async (_, body, fields) => {
    const answer = await create(body);
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/json');
    const { message, errors, ...rest } = answer.json<{ message: string; errors: Record<string, string[]> }>();
    expect(rest).toEqual({});
    expect(message).not.toBe('');
    expect(Object.keys(errors).toSorted()).toEqual(fields);
    expect(Object.values(errors).every(([first]) => typeof first === 'string' && first !== '')).toBe(true);
    expect(gateway.written()).toEqual([]);
  });

  test.each([
    ["with the number of the vendor's own example (T-1)", { name: 'John Smith', phone: '+15551234567' }],
    ['with a name of two letters (WD-30)', { name: 'Al' }],
    ['with a name of 100 letters outside the BMP (WD-30)', { name: '𝒜'.repeat(100) }],
    ['with a phone of 8 characters that is none (WD-32)', { name: 'Ada', phone: '(no) no!' }],
    ['without e-mail and phone (WD-31, WD-32)', { name: 'Ada', email: null, phone: null }],
  ])('%s is accepted as it was sent', async (_, body) => {
    expect((await create(body)).statusCode).toBe(201);
    expect(gateway.written().at(-1)?.body).toEqual(body);
  });

  test('with a member that WiseData does not know is accepted without that member', async () => {
    expect((await create({ name: 'Ada', company: 'Engines' })).statusCode).toBe(201);
    expect(gateway.written().at(-1)?.body).toEqual({ name: 'Ada' });
  });
});
