import { afterAll, describe, expect, test } from '@jest/globals';

import { recordVerdicts } from './consumer.ts';
import { KEY, received, WORKSPACE, serviceOnDatabase } from './service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app, deps, get, newList, post } = service;

describe('a verdict', () => {
  const verdict = (contactId: number, valueVersion: number) => ({
    ...received(contactId),
    event: {
      type: 'StatusVerified' as const,
      data: {
        contactId,
        workspaceId: WORKSPACE,
        field: 'email' as const,
        valueVersion,
        status: 'valid' as const,
        reasons: [],
        checkedAt: new Date().toISOString(),
      },
    },
  });
  const statusOf = async (id: number) =>
    (await get(`/contacts/${id}`)).json<{ emailStatus: string; version: number }>();

  test('settles the status once, however often it arrives (WD-40)', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada', email: 'ada@kith.test' })).json<{
      id: number;
    }>();
    const message = verdict(id, 1);
    await recordVerdicts(deps, [message, message]);
    await recordVerdicts(deps, [message]);
    expect(await statusOf(id)).toMatchObject({ emailStatus: 'valid', version: 2 });
    const events = (
      await app.inject({ url: `/contacts/${id}/events?after=0`, headers: { 'x-kith-internal-key': KEY } })
    ).json<{ sequence: number; event: { type: string } }[]>();
    expect(events.map(({ sequence, event }) => [sequence, event.type])).toEqual([
      [1, 'ContactCreated'],
      [2, 'ContactStatusChanged'],
    ]);
  });

  test('of an outside checker is recorded whatever its message ids are, and a copy is not', async () => {
    const list = await newList();
    const ids: number[] = [];
    for (const name of ['Ada', 'Bob', 'Eve']) {
      const contact = await post(`/contact-lists/${list}/contacts`, { name, email: `${name}@kith.test` });
      ids.push(contact.json<{ id: number }>().id);
    }
    const [ada, bob, eve] = ids as [number, number, number];
    await recordVerdicts(deps, [{ ...verdict(ada, 1), id: 'msg-bounce-1' }]);
    await recordVerdicts(deps, [{ ...verdict(bob, 1), id: 'msg-2' }]);
    // CloudEvents: an id is unique within its source.
    await recordVerdicts(deps, [{ ...verdict(eve, 1), id: 'msg-2', source: '/another-checker' }]);
    await recordVerdicts(deps, [{ ...verdict(bob, 1), id: 'msg-2' }]);
    for (const id of ids) expect(await statusOf(id)).toMatchObject({ emailStatus: 'valid', version: 2 });
  });

  test('for an earlier value is dropped (WD-43)', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada', email: 'a@kith.test' })).json<{
      id: number;
    }>();
    await deps.contacts.handle(String(id), {
      type: 'ChangeContact',
      workspaceId: WORKSPACE,
      changes: { email: 'b@kith.test' },
      phoneE164: null,
    });
    await recordVerdicts(deps, [verdict(id, 1)]);
    expect(await statusOf(id)).toMatchObject({ emailStatus: 'pending', version: 2 });
  });

  test('for a contact that does not exist is dropped', async () => {
    await recordVerdicts(deps, [verdict(999_999_999, 1)]);
    expect((await get('/contacts/999999999')).statusCode).toBe(404);
  });
});
