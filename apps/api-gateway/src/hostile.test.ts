import { setImmediate } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { disposableDomains } from '@kith/disposable';
import { type JsonSchema, requestParts } from '@kith/http/testing';

import { OPERATOR, testGateway, type TestGateway } from './gateway.fixture.ts';

const BODY_LIMIT = 1_048_576;
const MEGABYTE = 1_000_000;
const SHORT = 65_536;
// The longest takes 20 ms on a quiet machine, and what is not yet collected 100 to 150 MB. Before the bounds, a fiftieth of this took 558 ms.
const LONGEST_TURN_MS = 500;
const MOST_GROWTH = 500_000_000;

type Attack = { readonly name: string; readonly method: string; readonly path: string; readonly text: () => string };

let gateway: TestGateway;
let url: string;
let attacks: Attack[];
beforeAll(async () => {
  gateway = await testGateway({ isDisposable: await disposableDomains() });
  const bodies = (await requestParts(gateway.app)).filter(({ part }) => part === 'body');
  // Routes that take the same are attacked once.
  const different = new Map(bodies.toReversed().map((body) => [JSON.stringify(body.schema), body]));
  attacks = [...different.values()].flatMap(({ name, method, url, schema }) => {
    const path = url.replaceAll(/:\w*Id/g, (id) => (id === ':accountId' ? 'acc_00000000000000000000000001' : '1'));
    return hostileBodies(schema).map(({ what, text }) => ({ name: `${name}, ${what}`, method, path, text }));
  });
  url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('The largest body of every kind is refused in few words, and nobody waits for it', async () => {
  const native = gateway.token();
  const wisedata = gateway.token({ dialect: 'wisedata' });
  const before = process.memoryUsage().rss;
  for (const { name, method, path, text } of attacks) {
    const as = path.includes('/accounts') ? OPERATOR : path.startsWith('/wisedata') ? wisedata : native;
    const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json' };
    const body = Buffer.from(text());
    await using turns = watchTurns();
    const [answer, probe] = await Promise.all([fetch(url + path, { method, headers, body }), fetch(`${url}/healthz`)]);
    const { length } = await answer.text();
    const kind = Math.floor(answer.status / 100);
    expect([name, kind, probe.status, length < SHORT]).toEqual([name, 4, 200, true]);
    expect([name, turns.longest() < LONGEST_TURN_MS]).toEqual([name, true]);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(MOST_GROWTH);
}, 120_000);

/** The longest turn of the event loop, in ms of work of this thread: what others take of the machine is not in it. */
function watchTurns() {
  const work = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let longest = 0;
  let watching = true;
  const watch = async () => {
    for (let before = work(); watching;) {
      await setImmediate();
      const now = work();
      longest = Math.max(longest, now - before);
      before = now;
    }
  };
  const watched = watch();
  return {
    longest: () => longest,
    async [Symbol.asyncDispose]() {
      watching = false;
      await watched;
    },
  };
}

/** Everything in a body, made as large as it can get. */
function hostileBodies(schema: JsonSchema): { what: string; text: () => string }[] {
  const { example = {} } = schema as { example?: object };
  const whole = placesIn(schema).flatMap(({ path, kind, item }) =>
    largest(kind, item).map(({ what, json }) => ({
      what: `${path.join('.') || 'all of it'}: ${what}`,
      text() {
        // It is put in as text: what JSON.stringify would make of it could be over the limit.
        const mark = '\u{1F3AF}';
        const around = JSON.stringify(withMember(example, path, mark));
        return around.replace(`"${mark}"`, () => json(BODY_LIMIT - around.length));
      },
    })),
  );
  const depth = BODY_LIMIT / 2;
  return [...whole, { what: 'deeper than any', text: () => '['.repeat(depth) + ']'.repeat(depth) }];
}

type Kind = 'string' | 'array' | 'object';
type Place = { readonly path: readonly string[]; readonly kind: Kind; readonly item: JsonSchema };

function placesIn(schema: JsonSchema, path: readonly string[] = []): Place[] {
  const options = schema.type === undefined ? (schema.anyOf ?? schema.oneOf) : undefined;
  if (options) return options.flatMap((option) => placesIn(option, path));
  const { type, items = {}, properties = {} } = schema;
  const kinds = [type].flat().filter((one) => one === 'string' || one === 'array' || one === 'object');
  return [
    ...kinds.map((kind) => ({ path, kind, item: items })),
    ...Object.entries(properties).flatMap(([name, member]) => placesIn(member, [...path, name])),
  ];
}

function withMember(into: object, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const inner = (into as Record<string, unknown>)[name];
  return { ...into, [name]: withMember(Object(inner), rest, value) };
}

type Largest = { readonly what: string; readonly json: (room: number) => string };

function largest(kind: Kind, item: JsonSchema): Largest[] {
  switch (kind) {
    case 'string':
      return [
        { what: 'a megabyte of labels', json: () => JSON.stringify(`a@${'a.'.repeat(MEGABYTE / 2)}aa`) },
        { what: 'a megabyte of astral characters', json: () => JSON.stringify('\u{1F3AF}'.repeat(MEGABYTE / 4)) },
      ];
    case 'array':
      return [item.enum?.[0] ?? 'x', ''].map((value) => ({
        what: `as many ${JSON.stringify(value)} as there is room for`,
        json: (room) => `[${many(() => JSON.stringify(value), room)}]`,
      }));
    case 'object':
      return [
        { what: 'as many members', json: (room) => `{${many((n) => `"${n.toString(36)}":1`, room)}}` },
        { what: 'a name of a megabyte', json: () => `{"${'x'.repeat(MEGABYTE)}":1}` },
      ];
  }
}

function many(one: (n: number) => string, room: number): string {
  const all: string[] = [];
  for (let length = 2; ;) {
    const next = one(all.length);
    length += next.length + 1;
    if (length > room) return all.join(',');
    all.push(next);
  }
}
