import { describe, expect, test } from '@jest/globals';

import { type RawMessage, toCloudEvent } from './cloud-events.ts';
import { deliver, type Delivery } from './deliver.ts';
import type { Incoming, ParkingLot } from './port.ts';
import { retryParked } from './retry-parked.ts';
import { testLog } from './testing/log.ts';
import { mapLot } from './testing/map-lot.ts';
import { noted, type NoteEvent, noteTopic } from './testing/notes.ts';

type Handle = (messages: readonly Incoming<NoteEvent>[]) => Promise<unknown>;

type Given = { lot?: ParkingLot; handle?: Handle; signal?: AbortSignal; overtakes?: (event: NoteEvent) => boolean };

function delivery({ lot, handle, signal, overtakes }: Given = {}) {
  const handled: string[] = [];
  const log = testLog();
  const given: Delivery<NoteEvent> = {
    topic: noteTopic,
    topicName: 'kith.contacts.v1',
    retryDelays: [0, 0],
    log,
    signal: signal ?? new AbortController().signal,
    handle: async (messages) => {
      await handle?.(messages);
      handled.push(...messages.map(({ key, sequence }) => `${key}/${sequence}`));
    },
    ...(lot && { lot }),
    ...(overtakes && { overtakes }),
  };
  return { ...given, handled, log };
}

let offset = 0;
function message(key: string, sequence: number, changes: { value?: string; type?: string } = {}): RawMessage {
  const { headers, value } = toCloudEvent(noted(key, sequence));
  return {
    partition: 0,
    offset: String(offset++),
    key,
    headers: { ...headers, ...(changes.type !== undefined && { ce_type: changes.type }) },
    value: Buffer.from(changes.value ?? value),
  };
}
const noJson = (key: string, sequence: number) => message(key, sequence, { value: 'ada@example.com{' });

/** Throws at the message that says so, as a bug in a handler would. */
const buggyFor =
  (name: string): Handle =>
  async (messages) => {
    if (messages.some(({ key, sequence }) => `${key}/${sequence}` === name)) (undefined as unknown as string[]).at(0);
  };

const parkedIn = (lot: ReturnType<typeof mapLot>) => lot.parked().map(({ key, reason }) => `${key}: ${reason}`);

describe('a chunk', () => {
  test('is handled at once, in order', async () => {
    const calls: number[] = [];
    const d = delivery({ handle: async (messages) => calls.push(messages.length) });
    await deliver(d, [message('a', 1), message('b', 1), message('a', 2)]);
    expect(d.handled).toEqual(['a/1', 'b/1', 'a/2']);
    expect(calls).toEqual([3]);
  });

  test('goes on past a type that this release does not know', async () => {
    const lot = mapLot();
    const d = delivery({ lot });
    await deliver(d, [message('a', 1), message('a', 2, { type: 'NoteBurnt' }), message('a', 3)]);
    expect(d.handled).toEqual(['a/1', 'a/3']);
    expect(lot.parked()).toEqual([]);
  });

  test('is tried again when its handler throws', async () => {
    let failures = 2;
    const d = delivery({
      handle: async () => {
        if (failures-- > 0) throw new Error('deadlock');
      },
    });
    await deliver(d, [message('a', 1)]);
    expect(d.handled).toEqual(['a/1']);
  });
});

describe('bytes that are no message of the topic', () => {
  test('are parked; the next key is not delayed, the same key queues behind', async () => {
    const lot = mapLot();
    const d = delivery({ lot });
    await deliver(d, [message('a', 1), noJson('a', 2), message('a', 3), message('b', 1)]);
    expect(d.handled).toEqual(['a/1', 'b/1']);
    expect(parkedIn(lot)).toEqual(['a: value: no JSON', 'a: queued behind an earlier message of its key']);

    await deliver(d, [message('a', 4), message('b', 2)]);
    expect(d.handled).toEqual(['a/1', 'b/1', 'b/2']);
  });

  test('are not repeated in the log', async () => {
    const d = delivery({ lot: mapLot() });
    await deliver(d, [noJson('a', 1)]);
    expect(d.log.lines).toMatchObject([
      { level: 'error', fields: { topic: 'kith.contacts.v1', reason: 'value: no JSON' } },
    ]);
    expect(JSON.stringify(d.log.lines)).not.toContain('ada@example.com');
  });

  test('are skipped where there is no lot, and the same key goes on', async () => {
    const d = delivery();
    await deliver(d, [message('a', 1), noJson('a', 2), message('a', 3)]);
    expect(d.handled).toEqual(['a/1', 'a/3']);
  });
});

describe('a message at which the handler keeps throwing', () => {
  test('is parked with what follows it under its key; everything else is handled', async () => {
    const lot = mapLot();
    const d = delivery({ lot, handle: buggyFor('a/2') });
    await deliver(d, [message('a', 1), message('a', 2), message('b', 1), message('a', 3), message('b', 2)]);
    expect(d.handled).toEqual(['a/1', 'b/1', 'b/2']);
    expect(parkedIn(lot)).toEqual([
      "a: TypeError: Cannot read properties of undefined (reading 'at')",
      'a: queued behind an earlier message of its key',
    ]);
  });

  test('is skipped where there is no lot', async () => {
    const d = delivery({ handle: buggyFor('a/2') });
    await deliver(d, [message('a', 1), message('a', 2), message('a', 3)]);
    expect(d.handled).toEqual(['a/1', 'a/3']);
  });

  test('is not quoted in the log', async () => {
    const d = delivery({
      handle: async () => {
        throw new Error('no such person: ada@example.com');
      },
    });
    await deliver(d, [message('a', 1)]);
    expect(d.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { error: 'Error', outcome: 'failed' } });
    expect(JSON.stringify(d.log.lines)).not.toContain('ada@example.com');
  });

  test('waits while it can neither be handled nor parked, and is not lost', async () => {
    const lot = mapLot();
    let outage = true;
    const down = async () => {
      if (outage) throw new Error('the database is down');
    };
    const d = delivery({
      lot: {
        ...lot,
        park: async (messages) => {
          await down().finally(() => {
            outage = false;
          });
          await lot.park(messages);
        },
      },
      handle: down,
    });
    await deliver(d, [message('a', 1)]);
    expect(d.handled).toEqual(['a/1']);
    expect(lot.parked()).toEqual([]);
  });

  test('is left to the next reader when this one ends', async () => {
    const ending = new AbortController();
    const lot = mapLot();
    const d = {
      ...delivery({
        lot,
        signal: ending.signal,
        handle: async () => {
          ending.abort();
          throw new Error('closing');
        },
      }),
      retryDelays: [60_000],
    };
    await expect(deliver(d, [message('a', 1)])).rejects.toThrow('abort');
    expect(lot.parked()).toEqual([]);
  });
});

test('an event that may overtake does not queue behind parked messages of its key', async () => {
  const lot = mapLot();
  const d = delivery({ lot, overtakes: ({ data }) => data.text.endsWith('/3'), handle: buggyFor('b/1') });
  await deliver(d, [noJson('a', 1), message('a', 2), message('a', 3), message('b', 1), message('b', 3)]);
  expect(d.handled).toEqual(['a/3', 'b/3']);
  expect(parkedIn(lot).filter((parked) => parked.endsWith('its key'))).toHaveLength(1);
});

describe('a parked message that an operator asks for again', () => {
  test('is handled with those behind it, in order, and its key is free', async () => {
    const lot = mapLot();
    await deliver(delivery({ lot, handle: buggyFor('a/1') }), [message('a', 1), message('a', 2)]);

    const mended = delivery({ lot });
    lot.retryAll();
    await retryParked(mended, () => true);
    await deliver(mended, [message('a', 3)]);
    expect(mended.handled).toEqual(['a/1', 'a/2', 'a/3']);
    expect(lot.parked()).toEqual([]);
  });

  test('is kept if it fails again, and so are those behind it', async () => {
    const lot = mapLot();
    const d = delivery({ lot, handle: buggyFor('a/1') });
    await deliver(d, [message('a', 1), message('a', 2), noJson('b', 1)]);
    lot.retryAll();
    await retryParked(d, () => true);
    expect(d.handled).toEqual([]);
    expect(lot.parked()).toHaveLength(3);
    expect(await lot.due()).toEqual([]);
  });

  test('is left to who reads its partition', async () => {
    const lot = mapLot();
    const d = delivery({ lot });
    await deliver(d, [noJson('a', 1)]);
    lot.retryAll();
    await retryParked(d, (partition) => partition !== 0);
    expect(await lot.due()).toHaveLength(1);
  });
});
