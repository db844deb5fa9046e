import { createHmac } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { httpApp } from './app.ts';

const KEY = 'an internal key of at least 32 characters';

/** The id of a request: in its answer, in the body of a refusal, and in the log. */
async function called(sent: string | undefined, requestIdKey?: string) {
  const lines: string[] = [];
  const app = httpApp({
    logger: { level: 'info', stream: { write: (line: string) => void lines.push(line) } },
    ready: async () => {},
    requestIdKey,
  });
  app.get('/', async ({ id }) => ({ id }));
  const headers = sent === undefined ? {} : { 'x-request-id': sent };
  const answer = await app.inject({ url: '/', headers });
  const refusal = await app.inject({ url: '/nothing', headers });
  await app.close();
  const { id } = answer.json<{ id: string }>();
  expect(lines.map((line) => JSON.parse(line) as { reqId: string })).toContainEqual(
    expect.objectContaining({ reqId: id }),
  );
  if (sent && sent.toLowerCase() !== id) expect(lines.join('')).not.toContain(sent);
  return {
    inside: id,
    answered: answer.headers['x-request-id'],
    refused: [refusal.headers['x-request-id'], refusal.json<{ instance: string }>().instance],
  };
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('the name that a client gives its request', () => {
  test.each(['ada.lovelace.14155552671', 'import-42', '14155552671', '0bc83cb571cd1c50ba6f3e8a78ef1346'])(
    'is in its answers, and nowhere else: %s',
    async (sent) => {
      const { inside, answered, refused } = await called(sent, KEY);
      expect([answered, ...refused]).toEqual([sent, sent, sent]);
      expect(inside).toMatch(UUID);
      expect(inside).not.toContain(sent);
    },
  );

  test.each([
    '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
    '019a9d3e-7f1a-7c52-9e0b-6d1d7c1f2a3b',
    '7F1A7C52-9E0B-4D1D-8C1F-2A3B019A9D3E',
  ])('is ours too where it was drawn, and so says nothing: %s', async (sent) => {
    const { inside, answered } = await called(sent, KEY);
    expect(answered).toBe(sent);
    expect(inside).toBe(sent.toLowerCase());
  });

  test('that is a UUID made of a name is not ours', async () => {
    // Version 5 of ada@example.com in the namespace of URLs: who guesses the address knows the UUID.
    const { inside } = await called('1bd27ba4-3f0c-5b1d-9f4b-7c7a0e3d5e11', KEY);
    expect(inside).toMatch(/^[\da-f]{8}-[\da-f]{4}-8/);
  });

  test('leads to the same name of ours each time, for who holds the key', async () => {
    const sent = 'import-42';
    const [first, again, elsewhere] = [await called(sent, KEY), await called(sent, KEY), await called(sent, `${KEY}!`)];
    expect(again.inside).toBe(first.inside);
    expect(elsewhere.inside).not.toBe(first.inside);
    // docs/operations.md tells the operator to look for it like this.
    const digits = createHmac('sha256', KEY).update(`X-Request-Id: ${sent}`).digest('hex').slice(0, 12);
    expect(first.inside.replaceAll('-', '').slice(0, 12)).toBe(digits);
  });

  test.each([undefined, '', 'a b', 'x'.repeat(200), '{"$ne":1}', 'ada@example.com'])(
    '%j is replaced by one of ours, which the answer says',
    async (sent) => {
      const { inside, answered, refused } = await called(sent, KEY);
      expect(inside).toMatch(UUID);
      expect([answered, refused[0]]).toEqual([inside, refused[1]]);
    },
  );
});

describe('a service behind the gateway', () => {
  test('knows a request by the name that the gateway passes on', async () => {
    const { inside } = await called('import-42', KEY);
    expect(await called(inside)).toEqual({ inside, answered: inside, refused: [inside, inside] });
  });

  test.each(['import-42', 'ada.lovelace.14155552671', '1bd27ba4-3f0c-5b1d-9f4b-7c7a0e3d5e11'])(
    'takes no other: %s',
    async (sent) => {
      const { inside, answered } = await called(sent);
      expect(inside).toMatch(UUID);
      expect(answered).toBe(inside);
      expect(inside).not.toBe(sent);
    },
  );
});
