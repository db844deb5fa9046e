import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Account, CreatedToken } from '@kith/contracts/tokens';
import { type TokensEvent, tokensTopic } from '@kith/contracts/topics';
import { migrate, openPool, type StoredEvent, startRelay } from '@kith/event-store';
import { connectKafka, consume, type Incoming, produce } from '@kith/kafka';
import { eventually, testDatabase, testTopics } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { buildApp } from './app.ts';
import { services } from './services.ts';
import { published, toPublished } from './publish.ts';

const KEY = 'an internal key of at least 32 characters';
const headers = { 'x-kith-internal-key': KEY };
const log = { debug() {}, info() {}, warn() {}, error() {} };

const stored = (event: Pick<StoredEvent, 'stream' | 'type' | 'data'>): StoredEvent => ({
  version: 2,
  eventId: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
  subject: null,
  meta: { requestId: 'req-1' },
  recordedAt: new Date('2026-11-21T12:00:00Z'),
  ...event,
});

describe('a published event', () => {
  test('has neither the name nor the hash of a token', () => {
    const data = {
      tokenId: 'tok_1',
      workspaceId: 'ws_1',
      name: 'ERP',
      dialect: 'native',
      scopes: ['contacts.readonly'],
      hash: 'ab'.repeat(32),
      preview: 'wxyz',
      expiresAt: null,
    };
    expect(toPublished(stored({ stream: 'token-tok_1', type: 'TokenCreated', data }))).toEqual([
      {
        key: 'tok_1',
        subject: 'tokens/tok_1',
        id: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
        source: '/kith/token-service',
        time: new Date('2026-11-21T12:00:00Z'),
        sequence: 2,
        requestId: 'req-1',
        event: {
          type: 'TokenCreated',
          data: {
            tokenId: 'tok_1',
            workspaceId: 'ws_1',
            dialect: 'native',
            scopes: ['contacts.readonly'],
            expiresAt: null,
          },
        },
      },
    ]);
  });

  test.each([
    ['token-tok_1', 'TokenCreated', { tokenId: 'tok_1', workspaceId: 'ws_1' }],
    ['token-tok_1', 'TokenRevoked', { tokenId: 'tok_1', workspaceId: 'ws_1' }],
    ['account-acc_1', 'AccountPlanChanged', { accountId: 'acc_1' }],
  ])('of %s has only ids where its %s cannot be published as it is', (stream, type, ids) => {
    const data = { workspaceId: 'ws_1', name: 'ERP', scopes: 'none', hash: 'ab'.repeat(32) };
    expect(published.shellOf(stored({ stream, type, data }))).toMatchObject([
      { sequence: 2, event: { type, data: ids } },
    ]);
    expect(JSON.stringify(published.shellOf(stored({ stream, type, data })))).not.toMatch(/ERP|abab/);
  });

  test.each(['account-acc_1', 'budget-1'])('is missing for %s where the topic carries no such event', (stream) => {
    expect(published.shellOf(stored({ stream, type: 'AccountRenamed', data: { name: 'Acme' } }))).toEqual([]);
  });

  test('is missing where an account is only renamed', () => {
    expect(toPublished(stored({ stream: 'account-acc_1', type: 'AccountRenamed', data: { name: 'Acme' } }))).toEqual(
      [],
    );
  });

  test('is refused for a stream of another service', () => {
    expect(() => toPublished(stored({ stream: 'contact-1', type: 'ContactCreated', data: {} }))).toThrow('no stream');
  });
});

describe('over Kafka', () => {
  const resources = new AsyncDisposableStack();
  const unpublishable: { eventId: string }[] = [];
  const received: Incoming<TokensEvent>[] = [];
  let app: ReturnType<typeof buildApp>;
  let pool: Pool;

  beforeAll(async () => {
    const database = resources.use(await testDatabase());
    const { brokers, prefix } = resources.use(await testTopics());
    await migrate(database.url, join(import.meta.dirname, '../migrations'));
    pool = resources.adopt(openPool(database.url), (p) => p.end());
    const kafka = connectKafka({ brokers, prefix, clientId: 'publish-test', log });
    const producer = resources.use(await produce(kafka, tokensTopic));
    const relay = resources.use(
      await startRelay(pool, {
        name: 'kafka',
        publication: { ...published, send: producer.send },
        onUnpublishable: (event) => unpublishable.push(event),
        onError: () => {},
      }),
    );
    const deps = services(pool, () => relay.wake());
    app = resources.use(buildApp(deps, { logger: false, internalKeys: [KEY], ready: async () => {} }));
    resources.use(
      await consume(kafka, {
        group: 'publish-test',
        topic: tokensTopic,
        handle: async (messages) => received.push(...messages),
      }),
    );
  });
  afterAll(() => resources.disposeAsync());

  const call = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    app.inject({ method, url, headers, ...(payload && { payload }) });
  const receivedOf = (key: string) => received.filter((message) => message.key === key);

  test('a revoked token is published after its creation, so that caches forget it', async () => {
    const account = (await call('POST', '/accounts', { name: 'Acme', plan: 'business' })).json<Account>();
    const workspaceId = account.workspaces[0]?.id;
    const { id, token } = (await call('POST', '/tokens', { name: 'Canary ERP', workspaceId })).json<CreatedToken>();
    await call('DELETE', `/tokens/${id}`);

    await eventually(() => expect(receivedOf(id)).toHaveLength(2));
    expect(receivedOf(id)).toMatchObject([
      { sequence: 1, event: { type: 'TokenCreated', data: { tokenId: id, workspaceId, dialect: 'native' } } },
      { sequence: 2, event: { type: 'TokenRevoked', data: { tokenId: id, workspaceId } } },
    ]);
    expect(JSON.stringify(received)).not.toContain(token);
    expect(JSON.stringify(received)).not.toContain('Canary');
  });

  test('a change of plan is published with the terms in force, and a new name is not', async () => {
    const { id } = (await call('POST', '/accounts', { name: 'Acme', plan: 'free' })).json<Account>();
    await call('PATCH', `/accounts/${id}`, { name: 'Acme Inc.' });
    await call('PATCH', `/accounts/${id}`, { plan: 'pro', limits: { consuelo: { callsPerDay: null } } });

    await eventually(() => expect(receivedOf(id)).toHaveLength(1));
    expect(receivedOf(id)[0]?.event).toEqual({
      type: 'AccountPlanChanged',
      data: {
        accountId: id,
        plan: 'pro',
        limits: { wisepops: { callsPer30Days: 1500 }, consuelo: { callsPerMinute: 300, callsPerDay: null } },
        apiAccess: ['wisepops', 'consuelo'],
      },
    });
  });

  test('an event that Kafka refuses is published by its ids, and others go on', async () => {
    const tokenId = `tok_${'7'.repeat(26)}`;
    const workspaceId = `ws_${'7'.repeat(26)}`;
    const create = async () =>
      (await call('POST', '/accounts', { name: 'Acme', plan: 'free' })).json<Account>().workspaces[0]?.id;
    const [before, after] = [await create(), await create()];
    const [first, second] = [
      (await call('POST', '/tokens', { name: 'ERP', workspaceId: before })).json<CreatedToken>().id,
      (await call('POST', '/tokens', { name: 'ERP', workspaceId: after })).json<CreatedToken>().id,
    ];
    // A release without a bound may have stored this: 2 MB of scopes.
    const { rows } = await pool.query<{ id: string }>(
      `insert into events (stream, version, event_id, type, schema_version, data, meta, recorded_at)
       select 'token-' || $1::text, 1, gen_random_uuid(), 'TokenCreated', 1,
              jsonb_build_object('tokenId', $1::text, 'workspaceId', $2::text, 'name', 'ERP', 'dialect', 'native', 'hash', 'h',
                                 'preview', 'p', 'expiresAt', null,
                                 'scopes', (select jsonb_agg('contacts.write'::text) from generate_series(1, 100000))),
              '{}', now()
       returning event_id as id`,
      [tokenId, workspaceId],
    );
    await call('DELETE', `/tokens/${first}`);
    await call('DELETE', `/tokens/${second}`);

    await eventually(() =>
      expect([receivedOf(first), receivedOf(second)]).toMatchObject([
        [{}, {}],
        [{}, {}],
      ]),
    );
    expect(receivedOf(tokenId)).toMatchObject([
      { id: rows[0]?.id, sequence: 1, event: { type: 'TokenCreated', data: { tokenId, workspaceId } } },
    ]);
    expect(receivedOf(tokenId)[0]?.event.data).not.toHaveProperty('scopes');
    expect(unpublishable).toMatchObject([{ eventId: rows[0]?.id, reason: 'MessageRefused MESSAGE_TOO_LARGE' }]);
  });
});
