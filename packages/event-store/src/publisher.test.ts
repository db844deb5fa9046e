import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { readStream } from './fold.ts';
import type { StoredEvent } from './stored-event.ts';
import { type Publication, publisher } from './publisher.ts';
import { toldAsShells } from './unpublishable.ts';

type Message = { readonly id: string; readonly text: string };

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

const SECRET = 'nobody may read this';

/** Five events of a stream; the third is the one that the tests are about. */
async function fiveEvents(id: string): Promise<readonly StoredEvent[]> {
  const write = (text: string) =>
    commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });
  for (const text of ['1', '2', SECRET, '4', '5']) await write(text);
  return readStream(database.pool, `diary-${id}`, ring);
}

const textOf = ({ version }: StoredEvent) => `whole ${version}`;
const messageOf = (event: StoredEvent): Message => ({ id: event.eventId, text: textOf(event) });

let told: string[];
let noticed: { version: number; reason: string }[];
beforeEach(() => {
  told = [];
  noticed = [];
});

const telling = (publication: Partial<Publication<Message>>) =>
  publisher<Message>(database.pool, {
    name: 'kafka',
    onUnpublishable: ({ version, reason }) => noticed.push({ version, reason }),
    publication: {
      messagesOf: (event) => [messageOf(event)],
      shellOf: (event) => [{ id: event.eventId, text: `shell ${event.version}` }],
      send: async (messages) => told.push(...messages.map(({ text }) => text)),
      ...publication,
    },
  });

const rows = async (stream: string) =>
  (
    await database.owner.query<{ line: string }>(
      `select u::text as line from unpublishable_events u where stream = $1`,
      [stream],
    )
  ).rows.map(({ line }) => line);

/** Kafka, which will never take these texts: it has those before. */
function refusing(...refused: string[]) {
  return async (messages: readonly Message[]) => {
    for (const { id, text } of messages) {
      if (refused.includes(text)) {
        throw Object.assign(new Error(SECRET), { name: 'MessageRefused', refused: id, code: 'MESSAGE_TOO_LARGE' });
      }
      told.push(text);
    }
  };
}

const IN_PLACE = ['whole 1', 'whole 2', 'shell 3', 'whole 4', 'whole 5'];

describe('an event that Kafka will never take', () => {
  test('is told as a shell in its place, and those behind it go on', async () => {
    await telling({ send: refusing('whole 3') })(await fiveEvents('large'));
    expect(told).toEqual(IN_PLACE);
    expect(noticed).toEqual([{ version: 3, reason: 'MessageRefused MESSAGE_TOO_LARGE' }]);
  });

  test('is remembered by its id, its place and why, without what it says', async () => {
    const events = await fiveEvents('remembered');
    await telling({ send: refusing('whole 3', 'whole 5') })(events);
    const [line = '', ...others] = await rows('diary-remembered');
    expect(others).toHaveLength(1);
    expect(line).toContain(events[2]!.eventId);
    expect(line).toContain('MESSAGE_TOO_LARGE');
    expect(line).not.toContain(SECRET);
    expect(await toldAsShells(database.pool, 'diary-remembered')).toEqual(
      new Set([events[2]!.eventId, events[4]!.eventId]),
    );
  });

  test('is remembered once where its shell comes again, after an outage or a crash in between', async () => {
    const events = await fiveEvents('again');
    const never = refusing('whole 3');
    let away = true;
    const tell = telling({
      async send(messages) {
        if (away && messages[0]?.text === 'shell 3') throw new Error('Kafka is away');
        await never(messages);
      },
    });
    await expect(tell(events)).rejects.toThrow('away');
    away = false;
    await tell(events);
    expect(told).toEqual(['whole 1', 'whole 2', ...IN_PLACE]);
    expect(noticed).toHaveLength(1);
    expect(await rows('diary-again')).toHaveLength(1);
  });

  test('and whose shell it does not take either is left to be told again: that is an outage', async () => {
    const tell = telling({ send: refusing('whole 3', 'shell 3') });
    await expect(tell(await fiveEvents('nothing'))).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
    expect(told).toEqual(['whole 1', 'whole 2']);
  });
});

test('an outage is no reason for a shell: all come again', async () => {
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  const events = await fiveEvents('outage');
  await expect(telling({ send: () => Promise.reject(away) })(events)).rejects.toBe(away);
  expect(noticed).toEqual([]);
  expect(await rows('diary-outage')).toEqual([]);
});

describe('an event that this process does not know how to tell', () => {
  const lost = (event: StoredEvent): Message[] => {
    if (event.version !== 3) return [messageOf(event)];
    throw new TypeError(SECRET);
  };

  /** Tries again as the relay does, which gives up its lease after each failure. */
  async function untilTold(tell: (events: readonly StoredEvent[]) => Promise<void>, events: readonly StoredEvent[]) {
    const errors: unknown[] = [];
    for (;;) {
      try {
        await tell(events);
        return errors;
      } catch (error) {
        errors.push(error);
      }
    }
  }

  test('is left to other processes a few times, and then told as a shell in its place', async () => {
    const events = await fiveEvents('unknown');
    const errors = await untilTold(telling({ messagesOf: lost }), events);
    expect(errors).toHaveLength(9);
    expect(told).toEqual(IN_PLACE);
    expect(String(errors)).toContain(events[2]!.eventId);
    expect(String(errors) + JSON.stringify(noticed)).not.toContain(SECRET);
    expect(noticed).toEqual([{ version: 3, reason: expect.stringMatching(/^TypeError at .*publisher\.test\.ts/) }]);
  });

  test('costs no more patience where the next one is not known either, and again after one that is', async () => {
    const [events, others] = [await fiveEvents('streak'), await fiveEvents('streak-2')];
    const tell = telling({ messagesOf: lost });
    expect(await untilTold(tell, events)).toHaveLength(9);
    expect(await untilTold(tell, others)).toEqual([]);
    await tell(events.slice(3));
    expect(await untilTold(tell, events)).toHaveLength(9);
  });

  test('because its seal is broken is told as a shell, too', async () => {
    await fiveEvents('broken');
    await database.owner.query(
      `update events set personal = set_byte(personal, 30, get_byte(personal, 30) # 1) where stream = 'diary-broken' and version = 3`,
    );
    const events = await readStream(database.pool, 'diary-broken', ring);
    expect(await untilTold(telling({}), events)).toHaveLength(9);
    expect(told).toEqual(IN_PLACE);
    expect(noticed).toEqual([{ version: 3, reason: expect.stringContaining('BrokenSeal') }]);
  });
});
