import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Account, type CreatedToken, type TokensEvent, tokensTopic } from '@kith/contracts';
import { migrate, openPool, type StoredEvent, startRelay } from '@kith/event-store';
import { connectKafka, consume, type Incoming, produce } from '@kith/kafka';
import { eventually, testDatabase, testTopics } from '@kith/stack/testing';

import { buildApp, services } from './app.ts';
import { publish } from './publish.ts';

const KEY = 'an internal key of at least 32 characters';
const headers = { 'x-kith-internal-key': KEY };
const log = { debug() {}, info() {}, warn() {}, error() {} };

const stored = (event: Pick<StoredEvent, 'stream' | 'type' | 'data'>): StoredEvent => ({
  version: 2,
  eventId: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
  meta: { requestId: 'req-1' },
  recordedAt: new Date('2026-11-21T12:00:00Z'),
  ...event,
});

describe('what others are told', () => {
  test('says of a token neither its name nor its hash', () => {
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
    expect(publish(stored({ stream: 'token-tok_1', type: 'TokenCreated', data }))).toEqual([
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

  test('is nothing where an account is only renamed', () => {
    expect(publish(stored({ stream: 'account-acc_1', type: 'AccountRenamed', data: { name: 'Acme' } }))).toEqual([]);
  });

  test('does not include what is no event of this service', () => {
    expect(() => publish(stored({ stream: 'contact-1', type: 'ContactCreated', data: {} }))).toThrow('no stream');
  });
});

describe('over Kafka', () => {
  const resources = new AsyncDisposableStack();
  const received: Incoming<TokensEvent>[] = [];
  let app: ReturnType<typeof buildApp>;

  beforeAll(async () => {
    const database = resources.use(await testDatabase());
    const { brokers, prefix } = resources.use(await testTopics());
    await migrate(database.url, join(import.meta.dirname, '../migrations'));
    const pool = resources.adopt(openPool(database.url), (p) => p.end());
    const kafka = connectKafka({ brokers, prefix, clientId: 'publish-test', log });
    const producer = resources.use(await produce(kafka, tokensTopic));
    const relay = resources.use(
      await startRelay(pool, {
        name: 'kafka',
        publish: (events) => producer.send(events.flatMap(publish)),
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
  const told = (key: string) => received.filter((message) => message.key === key);

  test('a revoked token is told, after its creation, to whoever keeps verdicts', async () => {
    const account = (await call('POST', '/accounts', { name: 'Acme', plan: 'business' })).json<Account>();
    const workspaceId = account.workspaces[0]?.id;
    const { id, token } = (await call('POST', '/tokens', { name: 'Canary ERP', workspaceId })).json<CreatedToken>();
    await call('DELETE', `/tokens/${id}`);

    await eventually(() => expect(told(id)).toHaveLength(2));
    expect(told(id)).toMatchObject([
      { sequence: 1, event: { type: 'TokenCreated', data: { tokenId: id, workspaceId, dialect: 'native' } } },
      { sequence: 2, event: { type: 'TokenRevoked', data: { tokenId: id, workspaceId } } },
    ]);
    expect(JSON.stringify(received)).not.toContain(token);
    expect(JSON.stringify(received)).not.toContain('Canary');
  });

  test('a change of plan is told with what is in force now, a new name is not', async () => {
    const { id } = (await call('POST', '/accounts', { name: 'Acme', plan: 'free' })).json<Account>();
    await call('PATCH', `/accounts/${id}`, { name: 'Acme Inc.' });
    await call('PATCH', `/accounts/${id}`, { plan: 'pro', limits: { consuelo: { callsPerDay: null } } });

    await eventually(() => expect(told(id)).toHaveLength(1));
    expect(told(id)[0]?.event).toEqual({
      type: 'AccountPlanChanged',
      data: {
        accountId: id,
        plan: 'pro',
        limits: { wisepops: { callsPer30Days: 1500 }, consuelo: { callsPerMinute: 300, callsPerDay: null } },
        apiAccess: ['wisepops', 'consuelo'],
      },
    });
  });
});
