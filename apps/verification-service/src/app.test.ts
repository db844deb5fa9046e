import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parkingLot } from '@kith/event-store';
import { everyRow, query } from '@kith/stack/testing';

import { buildApp } from './app.ts';
import { takeIn } from './consumers/contacts.ts';
import { settle } from './processes/settle.ts';
import { serviceOnDatabase } from './service.fixture.ts';
import { changed, created, createdShell, erased, statusChanged, WORKSPACE } from './published.fixture.ts';

const ADA = { email: 'ada@kith.test' };

let service: Awaited<ReturnType<typeof serviceOnDatabase>>;
beforeAll(async () => {
  service = await serviceOnDatabase();
});
beforeEach(() => service.forget());
afterAll(async () => service[Symbol.asyncDispose]());

describe('a new contact', () => {
  test('has its e-mail address and phone number checked, and the verdicts are kept without the values', async () => {
    const id = service.newContact();
    await service.take(created(id, { ...ADA, phone: '+15551234567' }));
    expect(await service.open(id)).toEqual([
      { field: 'email', value: 'ada@kith.test', version: 1 },
      { field: 'phone', value: '+15551234567', version: 1 },
    ]);

    await service.round(service.passing);
    expect((await service.verdictsOn(id)).toSorted()).toEqual([
      'email 1 valid []',
      'phone 1 invalid ["not_a_valid_number"]',
    ]);
    expect(await service.open(id)).toEqual([]);
    const { rows } = await service.pool.query<{ stored: string }>(
      `select concat(jsonb_agg(e), (select jsonb_agg(v) from verdicts v)) as stored from events e`,
    );
    expect(rows[0]?.stored).not.toMatch(/ada|kith\.test|5551234567/);
  });

  test('with neither has nothing to check', async () => {
    const id = service.newContact();
    await service.take(created(id, {}));
    expect(await service.open(id)).toEqual([]);
  });

  test('has a verdict with the id of the request that created it', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA));
    await service.round(service.passing);
    const { rows } = await service.pool.query(`select meta from events where stream = $1`, [`contact-${id}`]);
    expect(rows).toEqual([{ meta: { requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e' } }]);
  });
});

describe('a message that arrives twice', () => {
  test('leads to one check and one verdict, wherever the copy arrives', async () => {
    const id = service.newContact();
    const first = created(id, ADA);
    await service.take(first, first);
    await service.take(first);
    await service.round(service.passing);
    await service.take(first);
    expect(await service.round(service.passing)).toBe(0);
    expect(service.checked).toEqual(['ada@kith.test']);
    expect(await service.verdictsOn(id)).toEqual(['email 1 valid []']);
  });

  test('behind later messages sets nothing back', async () => {
    const id = service.newContact();
    const first = created(id, ADA);
    await service.take(first, changed(id, 2, 'lovelace@kith.test'), first, changed(id, 3, 'byron@kith.test'), first);
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'byron@kith.test', version: 3 }]);
  });

  test('is applied once when two readers have it at the same time', async () => {
    const id = service.newContact();
    const first = created(id, ADA);
    const behind = { ...service.openChecks, appliedVersions: async () => new Map<number, number>() };
    await service.take(first);
    await service.round(service.passing);
    await expect(takeIn({ ...service.intake, openChecks: behind }, [first])).rejects.toThrow('Another reader');
    expect(await service.open(id)).toEqual([]);
  });
});

describe('a new value', () => {
  test('replaces the check of the old value', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA), changed(id, 2, 'lovelace@kith.test'));
    await service.take(changed(id, 3, 'byron@kith.test'));
    await service.round(service.passing);
    expect(service.checked).toEqual(['byron@kith.test']);
    expect(await service.verdictsOn(id)).toEqual(['email 3 valid []']);
  });

  test('is still to be checked where the old value is just being checked', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA));
    const [check] = await service.claim();
    await service.take(changed(id, 2, 'lovelace@kith.test'));
    await settle(service.passing, check!);
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'lovelace@kith.test', version: 2 }]);
  });

  test('that returns to an old one gets its own check (A→B→A)', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA));
    const [first] = await service.claim();
    await service.take(changed(id, 2, 'lovelace@kith.test'), changed(id, 3, 'ada@kith.test'));
    await service.round(service.passing);
    await settle(service.passing, first!);
    expect(await service.verdictsOn(id)).toEqual(['email 3 valid []']);
  });

  test('of null is not checked', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA), statusChanged(id, 2), changed(id, 3, null));
    expect(await service.open(id)).toEqual([]);
    await service.take(changed(id, 4, 'ada@kith.test'));
    await service.take(changed(id, 5, null));
    expect(await service.open(id)).toEqual([]);
  });
});

describe('an event about something else under the contact’s key, such as a note', () => {
  const ofNote = (message: ReturnType<typeof created>) =>
    ({ ...message, subject: `${message.subject}/notes/9` }) as const;

  test('is skipped: it sets no value, erases nobody, and moves no version', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA), ofNote(created(id, { email: 'note@kith.test' })));
    await service.take(ofNote(changed(id, 2, 'note@kith.test')), ofNote(erased(id, 3)));
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'ada@kith.test', version: 1 }]);
    expect(await service.events(id)).toEqual([]);
    await service.take(changed(id, 2, 'lovelace@kith.test'));
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'lovelace@kith.test', version: 2 }]);
  });

  test('is no gap, however far its own sequence is', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA), ofNote(changed(id, 40, 'note@kith.test')));
    await service.take(changed(id, 2, 'lovelace@kith.test'));
    expect(await service.open(id)).toMatchObject([{ version: 2 }]);
  });
});

describe('an erased contact', () => {
  test('loses its verdicts and its open checks', async () => {
    const id = service.newContact();
    await service.take(created(id, { ...ADA, phone: '+15551234567' }));
    await service.round(service.passing);
    await service.take(statusChanged(id, 2), changed(id, 3, 'lovelace@kith.test'));
    await service.take(erased(id, 4));
    expect(await service.open(id)).toEqual([]);
    await expect(service.verdicts.ofContact(WORKSPACE, id)).rejects.toMatchObject({ kind: 'not-found' });
    const { rows } = await service.pool.query(`select version, email, phone from verdicts where id = $1`, [id]);
    expect(rows).toEqual([{ version: 3, email: null, phone: null }]);
  });

  test('is confirmed once, however often its erasure is published', async () => {
    const id = service.newContact();
    const dying = { ...service.openChecks, takeIn: () => Promise.reject(new Error('killed')) };
    await service.take(created(id, ADA));
    await expect(takeIn({ ...service.intake, openChecks: dying }, [erased(id, 2)])).rejects.toThrow('killed');
    // The confirmation may be published by now, so nothing may be left.
    expect(await service.open(id)).toEqual([]);
    await service.take(erased(id, 2), erased(id, 2));
    await service.take(erased(id, 2));
    expect(await service.events(id)).toEqual(['ContactForgotten']);
  });

  test('is in no statistic of the planner, although its address was stored for the check', async () => {
    const marks = ['kanarienvogel', 'rotkehlchen', 'zaunkoenig'];
    for (const mark of marks)
      await service.take(created(service.newContact(), { email: `${mark}@kith.test`, phone: '+15551234567' }));
    await query(service.url, 'analyze');
    const statistics = (await everyRow(service.url)).flatMap(({ table, row }) =>
      table === 'pg_statistic' ? [row] : [],
    );
    // This proves that the test looks in the right place: the planner knows of checks of phones.
    expect(statistics.filter((row) => row.includes('{email,phone}'))).not.toEqual([]);
    expect(statistics.filter((row) => /kanarienvogel|rotkehlchen|zaunkoenig|5551234567/.test(row))).toEqual([]);
  });

  test('is confirmed too where there was nothing to forget', async () => {
    const id = service.newContact();
    await service.take(createdShell(id), erased(id, 2));
    expect(await service.events(id)).toEqual(['ContactForgotten']);
  });

  test('is not brought back by a running check or a copy', async () => {
    const id = service.newContact();
    const first = created(id, ADA);
    await service.take(first);
    const [check] = await service.claim();
    await service.take(erased(id, 2));
    await settle(service.passing, check!);
    await service.take(first);
    expect(await service.open(id)).toEqual([]);
    expect(await service.events(id)).toEqual(['ContactForgotten']);
  });

  test('loses its parked messages', async () => {
    const id = service.newContact();
    const parked = {
      topic: 'contacts.v1',
      partition: 0,
      offset: String(id),
      key: String(id),
      headers: {},
      reason: 'bad',
      attempts: 1,
      overtakes: false,
    };
    await parkingLot(service.pool, 'verification-service').park([{ ...parked, value: Buffer.from('ada@kith.test') }]);
    await service.take(createdShell(id), erased(id, 2));
    const { rows } = await service.pool.query(`select from parked_messages where key = $1`, [String(id)]);
    expect(rows).toEqual([]);
  });
});

describe('a message that is published again because its answer was lost', () => {
  const again = (message: ReturnType<typeof created>) => ({ ...message, again: true }) as const;
  /** Takes the events that are marked to be published again. */
  const publishedAgain = async (id: number) => {
    const { rows } = await service.pool.query<{ event: string }>(
      `delete from tell_again a using events e where e.event_id = a.event_id and stream = $1
       returning concat_ws(' ', e.type, e.data->>'field', e.data->>'valueVersion') as event`,
      [`contact-${id}`],
    );
    return rows.map(({ event }) => event).toSorted();
  };
  /** Moves the checkpoint to the end, as the relay does when it has published everything. */
  const publishAll = () =>
    service.pool.query(
      `insert into checkpoints (name, transaction, position)
       select 'kafka', transaction, position from events order by transaction desc, position desc limit 1
           on conflict (name) do update set transaction = excluded.transaction, position = excluded.position`,
    );

  test('has its verdicts published again, by their value', async () => {
    const id = service.newContact();
    const [first, second] = [created(id, { ...ADA, phone: '+15551234567' }), changed(id, 2, 'byron@kith.test')];
    await service.take(first);
    await service.round(service.passing);
    await service.take(second);
    await service.round(service.passing);
    await publishAll();
    await service.take(again(second));
    expect(await publishedAgain(id)).toEqual(['StatusVerified email 2']);
    await service.take(again(first), again(second));
    expect(await publishedAgain(id)).toEqual([
      'StatusVerified email 1',
      'StatusVerified email 2',
      'StatusVerified phone 1',
    ]);
    expect(await service.verdictsOn(id)).toHaveLength(3);
  });

  test('has its erasure confirmed again, and nothing is forgotten twice', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA), erased(id, 2));
    await publishAll();
    await service.take(again(erased(id, 2)));
    expect(await publishedAgain(id)).toEqual(['ContactForgotten']);
    expect(await service.events(id)).toEqual(['ContactForgotten']);
  });

  test('is applied where the first one was lost: checked, or forgotten, and answered once', async () => {
    const id = service.newContact();
    const [first, second] = [created(id, ADA), changed(id, 2, 'byron@kith.test')];
    service.missed.push(first, second);
    await service.take(again(second));
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'byron@kith.test', version: 2 }]);
    await service.take(again(erased(id, 3)));
    expect(await service.events(id)).toEqual(['ContactForgotten']);
    await publishAll();
    expect(await publishedAgain(id)).toEqual([]);
  });

  test('gets no answer while its value is still being checked', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA));
    await service.take(again(created(id, ADA)));
    expect(await publishedAgain(id)).toEqual([]);
    expect(await service.open(id)).toHaveLength(1);
  });

  test('is distinguished from a plain copy, which gets no second answer', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA));
    await service.round(service.passing);
    await publishAll();
    await service.take(created(id, ADA), erased(id, 2), erased(id, 2));
    expect(await publishedAgain(id)).toEqual([]);
  });
});

describe('a gap before a message', () => {
  test('is filled by contacts-service, and other contacts go on', async () => {
    const [id, other] = [service.newContact(), service.newContact()];
    const last = changed(id, 3, 'lovelace@kith.test');
    service.missed.push(created(id, ADA), statusChanged(id, 2), last);
    await service.take(created(other, { email: 'bob@kith.test' }), statusChanged(id, 2), last);
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'lovelace@kith.test', version: 3 }]);
    expect(await service.open(other)).toHaveLength(1);
    await service.take(statusChanged(id, 4));
    expect(await service.openChecks.appliedVersions([id])).toEqual(new Map([[id, 4]]));
  });

  test('of several pages is filled a page at a time', async () => {
    const id = service.newContact();
    const last = changed(id, 7, 'lovelace@kith.test');
    service.missed.push(created(id, ADA), ...[2, 3, 4, 5, 6].map((version) => statusChanged(id, version)));
    await service.take(last);
    expect(await service.open(id)).toEqual([{ field: 'email', value: 'lovelace@kith.test', version: 7 }]);
    expect(await service.openChecks.appliedVersions([id])).toEqual(new Map([[id, 7]]));
  });

  test('with events that only later releases know is passed over', async () => {
    const id = service.newContact();
    await service.take(created(id, {}));
    service.missed.push({ sequence: 2, event: undefined }, changed(id, 3, 'ada@kith.test'));
    await service.take(changed(id, 3, 'ada@kith.test'));
    expect(await service.open(id)).toHaveLength(1);
  });

  test('that contacts-service cannot fill yet fails the message, to be tried again', async () => {
    const id = service.newContact();
    await expect(service.take(statusChanged(id, 2))).rejects.toThrow(`Of contact ${id}, version 1 is neither`);
    service.missed.push(created(id, ADA), statusChanged(id, 2));
    await service.take(statusChanged(id, 2));
    expect(await service.open(id)).toHaveLength(1);
  });
});

describe('the verdicts on a contact', () => {
  const KEY = 'an internal key of at least 32 characters';
  const get = async (id: number, workspace: string, key = KEY) => {
    await using app = buildApp(service, { logger: false, internalKeys: [KEY], ready: async () => {} });
    const headers = {
      'x-kith-internal-key': key,
      'x-kith-workspace': workspace,
      'x-kith-token': 'tok_00000000000000000000000001',
    };
    return app.inject({ url: `/contacts/${id}/verdicts`, headers });
  };

  test('are answered with their evidence, to its own workspace alone', async () => {
    const id = service.newContact();
    await service.take(created(id, ADA));
    await service.round(service.passing);
    expect((await get(id, WORKSPACE)).json()).toEqual({
      contactId: id,
      version: 1,
      email: {
        valueVersion: 1,
        status: 'valid',
        reasons: [],
        evidence: [{ check: 'stub', says: 'pass' }],
        checkedAt: '2026-01-01T00:00:00.000Z',
      },
      phone: null,
    });
    expect((await get(id, 'ws_00000000000000000000000002')).statusCode).toBe(404);
    expect((await get(id, WORKSPACE, 'another key')).statusCode).toBe(401);
  });
});
