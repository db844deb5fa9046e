import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type TokensEvent, tokensTopic } from '@kith/contracts/topics';
import { connectKafka, type Outgoing, produce } from '@kith/kafka';
import { eventually, refuse, testTopics } from '@kith/stack/testing';

import { tokenInfo } from '../gateway.fixture.ts';
import { hearRevocations } from './revocations.ts';
import { tokenCache, type TokenCache } from './token-cache.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

let topics: Awaited<ReturnType<typeof testTopics>>;
beforeAll(async () => {
  topics = await testTopics();
});
afterAll(async () => topics[Symbol.asyncDispose]());

test('A revocation reaches every replica (WD-06, T-15)', async () => {
  const kafka = connectKafka({ ...topics, clientId: 'api-gateway', log: silent });
  await using resources = new AsyncDisposableStack();
  const producer = resources.use(await produce(kafka, tokensTopic));
  const replicas: TokenCache[] = [];
  for (let n = 0; n < 2; n++) {
    let revoked = false;
    // Time stands still: nothing is asked again because it is old.
    const cache = tokenCache(
      async () => (revoked ? undefined : tokenInfo),
      () => 0,
    );
    const hearing = resources.use(await hearRevocations(kafka, cache));
    await hearing.joined;
    await cache.of('a');
    revoked = true;
    replicas.push(cache);
  }

  await producer.send([revoked()]);
  await eventually(async () => {
    for (const cache of replicas) expect(await cache.of('a')).toBeUndefined();
  });
});

test('A gateway whose group Kafka refuses logs it and goes on, and gets revocations once it may', async () => {
  const refused = jest.fn<(fields: object, message: string) => void>();
  const onFatal = jest.fn<(error: Error) => void>();
  const kafka = connectKafka({ ...topics, clientId: 'api-gateway', log: { ...silent, error: refused }, onFatal });
  await using resources = new AsyncDisposableStack();
  const producer = resources.use(await produce(kafka, tokensTopic));
  const group = `${topics.prefix}.api-gateway.`;
  const acl = await refuse(topics.brokers, { readGroups: group });
  const forgotten = jest.fn<(tokenId: string) => void>();
  const hearing = resources.use(await hearRevocations(kafka, { forgetToken: forgotten, forgetAccount: () => {} }));

  await eventually(() => expect(refused.mock.calls.length).toBeGreaterThan(1), { timeout: 20_000 });
  expect(refused).toHaveBeenCalledWith(
    expect.objectContaining({ topic: `${topics.prefix}.tokens.v1`, group: expect.stringContaining(group) }),
    expect.stringContaining('ACLs'),
  );
  await acl[Symbol.asyncDispose]();
  await hearing.joined;
  await eventually(async () => {
    await producer.send([revoked()]);
    expect(forgotten).toHaveBeenCalledWith(tokenInfo.tokenId);
  });
  expect(onFatal).not.toHaveBeenCalled();
});

function revoked(): Outgoing<TokensEvent> {
  const { tokenId, workspaceId } = tokenInfo;
  return {
    key: tokenId,
    id: randomUUID(),
    source: '/kith/token-service',
    subject: `tokens/${tokenId}`,
    time: new Date(),
    sequence: 2,
    event: { type: 'TokenRevoked', data: { tokenId, workspaceId } },
  };
}
