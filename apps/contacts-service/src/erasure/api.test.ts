import { afterAll, describe, expect, test } from '@jest/globals';

import { recordVerdicts } from '../consumer.ts';
import { headers, KEY, received, WORKSPACE, serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app, deps, get, newList, pool, post } = service;

describe('erasing a contact (WD-15)', () => {
  const erase = (id: number) => app.inject({ method: 'DELETE', url: `/contacts/${id}`, headers: headers() });
  const canary = {
    name: 'Kanarienvogel Eins',
    firstName: 'Kanarienvogel',
    lastName: 'Eins',
    email: 'kanarienvogel@kith.test',
    phone: '+14155559999',
    company: 'Kanarienvogel GmbH',
    jobTitle: 'Kanarienvogel-Züchter',
    website: 'https://kanarienvogel.example',
    address: { line1: 'Kanarienvogelweg 1', city: 'Kanarienvogelstadt' },
    gender: 'kanarienvogel',
    source: 'kanarienvogel',
    note: 'kanarienvogel',
  };

  /** The text of every row of every table. */
  async function everything(): Promise<string> {
    const { rows: tables } = await pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migrations'`,
    );
    const lines = await Promise.all(
      tables.map(
        async ({ name }) => (await pool.query<{ line: string }>(`select t::text as line from ${name} t`)).rows,
      ),
    );
    return lines
      .flat()
      .map(({ line }) => line)
      .join('\n');
  }

  test('leaves none of its values in any table', async () => {
    const list = await newList();
    const key = { 'idempotency-key': 'cd'.repeat(32), 'x-kith-request-hash': 'ab'.repeat(32) };
    const request = {
      method: 'POST',
      url: `/contact-lists/${list}/contacts`,
      payload: canary,
      headers: { ...headers(), ...key },
    } as const;
    const { id } = (await app.inject(request)).json<{ id: number }>();
    await app.inject({
      method: 'PATCH',
      url: `/contacts/${id}`,
      payload: { note: 'kanarienvogel, again' },
      headers: headers(),
    });
    await pool.query(
      `insert into parked_messages (consumer, topic, partition, "offset", key, headers, value, reason)
       values ('contacts-service', 't', 0, 0, $1, '{}', 'kanarienvogel', 'poison')`,
      [String(id)],
    );
    expect((await erase(id)).statusCode).toBe(204);

    const left = await everything();
    for (const text of ['kanarienvogel', '4155559999']) {
      for (const form of [
        text,
        Buffer.from(text).toString('hex'),
        Buffer.from(text).toString('base64').replace(/=+$/, ''),
      ]) {
        expect(left.toLowerCase()).not.toContain(form.toLowerCase());
      }
    }
    expect((await get(`/contacts/${id}`)).statusCode).toBe(404);
    expect((await erase(id)).statusCode).toBe(404);
    expect((await get(`/contact-lists/${list}`)).json()).toMatchObject({ contactsCount: 0 });
    // The request that created it is still known, and its answer is gone.
    expect((await app.inject(request)).statusCode).toBe(410);
  });

  test('finds no idempotency key in clear: a creation under one is refused, as the gateway forwards a hash', async () => {
    const clear = { 'idempotency-key': canary.email, 'x-kith-request-hash': 'ab'.repeat(32) };
    const answer = await app.inject({
      method: 'POST',
      url: '/contacts',
      payload: canary,
      headers: { ...headers(), ...clear },
    });
    expect(answer.statusCode).toBe(400);
    expect(await everything()).not.toContain(canary.email);
  });

  test('is published, and its events that were not published before go out as shells, so that no version is missing', async () => {
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await erase(id);
    const events = (
      await app.inject({ url: `/contacts/${id}/events?after=0`, headers: { 'x-kith-internal-key': KEY } })
    ).json<object[]>();
    const ids = { contactId: id, workspaceId: WORKSPACE };
    expect(events).toMatchObject([
      { sequence: 1, event: { type: 'ContactCreated', data: ids } },
      { sequence: 2, event: { type: 'ContactErased', data: ids } },
    ]);
    expect(JSON.stringify(events).toLowerCase()).not.toContain('kanarienvogel');
  });

  test('is not needed for a shell: an event that was published as one is answered as one', async () => {
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await pool.query(
      `insert into unpublishable_events (event_id, relay, stream, version, type, reason)
       select event_id, 'kafka', stream, version, type, 'too large' from events where stream = $1`,
      [`contact-${id}`],
    );
    const events = (
      await app.inject({ url: `/contacts/${id}/events?after=0`, headers: { 'x-kith-internal-key': KEY } })
    ).json<object[]>();
    expect(events).toMatchObject([
      { sequence: 1, event: { type: 'ContactCreated', data: { contactId: id, workspaceId: WORKSPACE } } },
    ]);
    expect(JSON.stringify(events)).not.toContain('Kanarienvogel');
  });

  test('is not undone by a late verdict', async () => {
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await erase(id);
    const data = {
      contactId: id,
      workspaceId: WORKSPACE,
      field: 'email',
      valueVersion: 1,
      status: 'valid',
      reasons: [] as string[],
      checkedAt: new Date().toISOString(),
    } as const;
    await recordVerdicts(deps, [{ ...received(id), event: { type: 'StatusVerified', data } }]);
    expect((await get(`/contacts/${id}`)).statusCode).toBe(404);
    const { rows } = await pool.query(`select type from events where stream = 'contact-' || $1 order by version`, [id]);
    expect(rows).toEqual([{ type: 'ContactCreated' }, { type: 'ContactErased' }]);
  });

  test('is confirmed when the services have confirmed it and the statistics are cleared', async () => {
    const confirmedAt = async () =>
      (await pool.query(`select confirmed_at from erasures where contact_id = $1`, [id])).rows[0];
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await erase(id);
    const confirmed = { type: 'SubjectErasureConfirmed', data: { contactId: id, workspaceId: WORKSPACE } } as const;
    await recordVerdicts(deps, [{ ...received(id), event: confirmed }]);
    expect(await confirmedAt()).toEqual({ confirmed_at: null });
    expect(await deps.erasures.clearStatistics()).toBe(true);
    expect(await confirmedAt()).toEqual({ confirmed_at: expect.any(Date) });
  });
});
