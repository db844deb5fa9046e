import { describe, expect, test } from '@jest/globals';

import { type RawMessage, toCloudEvent } from './cloud-events.ts';
import { deliver, type Delivery } from './deliver.ts';
import { outageOf } from './insist.ts';
import { messagesTotal, outages } from './metrics.ts';
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
    outage: outageOf('kith.contacts.v1'),
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

  test('are skipped without a parking lot, and the same key goes on', async () => {
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

  test('is skipped without a parking lot', async () => {
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
    let broken = true;
    const breaking = async () => {
      if (broken) throw new Error('the disk is broken');
    };
    const d = delivery({
      lot: {
        ...lot,
        async park(messages) {
          await breaking().finally(() => {
            broken = false;
          });
          return lot.park(messages);
        },
      },
      handle: breaking,
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

describe('while something is away', () => {
  const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  /** Away for the first calls, of a single message or all. */
  const awayFor = (calls: number, error = refused): Handle => {
    let left = calls;
    return async () => {
      if (left-- > 0) throw error();
    };
  };

  test('no message is parked, however often it fails, and all are handled in order when it is back', async () => {
    const lot = mapLot();
    const d = delivery({ lot, handle: awayFor(3) });
    await deliver({ ...d, retryDelays: [] }, [message('a', 1), message('b', 1), message('a', 2)]);
    expect(d.handled).toEqual(['a/1', 'b/1', 'a/2']);
    expect(lot.parked()).toEqual([]);
  });

  test('its consumer is not ready, and its metric says so', async () => {
    const seen: unknown[] = [];
    const d = delivery({ handle: awayFor(1) });
    const metric = async () => (await outages.get()).values.map(({ value }) => value);
    const watching = delivery({
      handle: async (messages) => {
        seen.push(await d.outage.over().catch((error: unknown) => error), await metric());
        await d.handle(messages);
      },
    });
    await deliver({ ...d, handle: watching.handle }, [message('a', 1)]);
    const waiting = expect.objectContaining({ message: expect.stringContaining('wait'), cause: refused() });
    expect(seen).toEqual([undefined, [0], waiting, [1]]);
    await d.outage.over();
    expect(await metric()).toEqual([0]);
  });

  test('a message that is at fault is parked all the same, and what is behind it', async () => {
    const lot = mapLot();
    const away = awayFor(2);
    const d = delivery({
      lot,
      handle: async (messages) => {
        await away(messages);
        await buggyFor('a/1')(messages);
      },
    });
    await deliver(d, [message('a', 1), message('a', 2), message('b', 1)]);
    expect(d.handled).toEqual(['b/1']);
    expect(lot.parked()).toHaveLength(2);
  });

  test('an outage after some were handled one by one parks none of them', async () => {
    const lot = mapLot();
    const away = awayFor(1);
    const d = delivery({
      lot,
      handle: async (messages) => {
        await buggyFor('a/1')(messages);
        if (messages[0]?.key === 'c') await away(messages);
      },
    });
    await deliver({ ...d, retryDelays: [] }, [message('a', 1), message('b', 1), message('c', 1)]);
    expect(new Set(d.handled)).toEqual(new Set(['b/1', 'c/1']));
    expect(parkedIn(lot)).toEqual([expect.stringMatching(/^a: TypeError/)]);
  });

  test('a chunk that takes too long gets through in parts', async () => {
    const d = delivery({
      lot: mapLot(),
      handle: async ({ length }) => {
        if (length > 1) throw Object.assign(new Error('canceling statement'), { code: '57014' });
      },
    });
    await deliver(d, [message('a', 1), message('b', 1)]);
    expect(d.handled).toEqual(['a/1', 'b/1']);
  });

  test('the wait ends with the consumer, which counts as ready then', async () => {
    const ending = new AbortController();
    const d = delivery({
      signal: ending.signal,
      handle: async () => {
        queueMicrotask(() => ending.abort());
        throw refused();
      },
    });
    await expect(deliver(d, [message('a', 1)])).rejects.toThrow('abort');
    await d.outage.over();
  });
});

describe('an event that may overtake', () => {
  const overtakes = ({ data }: NoteEvent) => data.text.endsWith('/3');

  test('does not queue behind parked messages of its key', async () => {
    const lot = mapLot();
    const d = delivery({ lot, overtakes, handle: buggyFor('b/1') });
    await deliver(d, [noJson('a', 1), message('a', 2), message('a', 3), message('b', 1), message('b', 3)]);
    expect(d.handled).toEqual(['a/3', 'b/3']);
    expect(parkedIn(lot).filter((parked) => parked.endsWith('its key'))).toHaveLength(1);
  });

  /** Erases the key of an event that overtakes. */
  const erasing = (lot: ReturnType<typeof mapLot>) =>
    delivery({
      lot,
      overtakes,
      handle: async (messages) => {
        await buggyFor('a/1')(messages);
        for (const { key, event } of messages) if (overtakes(event)) lot.erase(key);
      },
    });
  const erasedCount = async () =>
    (await messagesTotal.get()).values.find(({ labels }) => labels.outcome === 'erased')?.value ?? 0;

  test('and erases its key leaves nothing of it parked: unreadable, failed, behind or after it', async () => {
    const lot = mapLot();
    const before = await erasedCount();
    const d = erasing(lot);
    await deliver(d, [
      message('a', 1),
      noJson('a', 2),
      message('a', 2),
      message('a', 3),
      noJson('a', 4),
      noJson('b', 1),
    ]);
    expect(d.handled).toEqual(['a/3']);
    expect(parkedIn(lot)).toEqual(['b: value: no JSON']);
    expect(await erasedCount()).toBe(before + 4);

    await deliver(d, [noJson('a', 5), message('a', 1)]);
    expect(parkedIn(lot)).toEqual(['b: value: no JSON']);
    expect(JSON.stringify(d.log.lines)).not.toContain('ada@example.com');
  });

  test('leaves nothing parked when its reader dies before it can park and another reads on', async () => {
    const lot = mapLot();
    const chunk = [noJson('a', 2), message('a', 2), message('a', 3)];
    const d = erasing({ ...lot, park: () => Promise.reject(new Error('killed')) });
    const dying = new AbortController();
    const log = { ...d.log, error: () => dying.abort() };
    await expect(deliver({ ...d, log, signal: dying.signal }, chunk)).rejects.toThrow('abort');
    await deliver(erasing(lot), chunk.slice(0, 1));
    await deliver(erasing(lot), chunk.slice(1));
    expect(lot.parked()).toEqual([]);
  });
});

describe('a parked message that is due again', () => {
  const all = () => [0];
  /** Until nothing is due. */
  const retryAll = async (d: Delivery<NoteEvent>, partitions = all) => {
    while (await retryParked(d, partitions));
  };

  test('is handled with those behind it, in order, and its key is free', async () => {
    const lot = mapLot();
    await deliver(delivery({ lot, handle: buggyFor('a/1') }), [message('a', 1), message('a', 2), message('a', 3)]);

    const mended = delivery({ lot });
    lot.retryAll();
    await retryAll(mended);
    await deliver(mended, [message('a', 4)]);
    expect(mended.handled).toEqual(['a/1', 'a/2', 'a/3', 'a/4']);
    expect(lot.parked()).toEqual([]);
  });

  test('is kept if it fails again, and nothing behind it is tried', async () => {
    const lot = mapLot();
    const d = delivery({ lot, handle: buggyFor('a/1') });
    await deliver(d, [message('a', 1), message('a', 2), noJson('b', 1)]);
    lot.retryAll();
    await retryAll(d);
    expect(d.handled).toEqual([]);
    expect(lot.parked().map(({ key, attempts }) => `${key} ${attempts}`)).toEqual(['a 2', 'a 0', 'b 2']);
  });

  test('that fails in its turn holds back those behind it', async () => {
    const lot = mapLot();
    await deliver(delivery({ lot, handle: buggyFor('a/1') }), [message('a', 1), message('a', 2), message('a', 3)]);
    const d = delivery({ lot, handle: buggyFor('a/2') });
    lot.retryAll();
    await retryAll(d);
    expect(d.handled).toEqual(['a/1']);
    expect(parkedIn(lot)).toEqual([
      "a: TypeError: Cannot read properties of undefined (reading 'at')",
      'a: queued behind an earlier message of its key',
    ]);
  });

  test('is kept without counting an attempt while something is away', async () => {
    const lot = mapLot();
    await deliver(delivery({ lot, handle: buggyFor('a/1') }), [message('a', 1)]);
    lot.retryAll();
    const away = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    await retryAll(delivery({ lot, handle: away }));
    expect(lot.parked()).toMatchObject([{ attempts: 1, reason: 'Error: connect ECONNREFUSED' }]);
  });

  test('still overtakes an unreadable one in front of it', async () => {
    const lot = mapLot();
    const overtakes = ({ data }: NoteEvent) => data.text.endsWith('/3');
    await deliver(delivery({ lot, overtakes, handle: buggyFor('a/3') }), [noJson('a', 1), message('a', 3)]);
    const d = delivery({
      lot,
      overtakes,
      handle: async (messages) => messages.forEach(({ key }) => lot.erase(key)),
    });
    lot.retryAll();
    await retryAll(d);
    expect(d.handled).toEqual(['a/3']);
    expect(lot.parked()).toEqual([]);
  });

  test('is left to the reader of its partition', async () => {
    const lot = mapLot();
    const d = delivery({ lot });
    await deliver(d, [noJson('a', 1)]);
    lot.retryAll();
    await retryAll(d, () => [1, 2]);
    expect(await lot.due('kith.contacts.v1', [0])).toHaveLength(1);
  });
});
