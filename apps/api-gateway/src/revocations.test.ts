import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tokensTopic } from '@kith/contracts';
import { connectKafka, produce } from '@kith/kafka';
import { eventually, testTopics } from '@kith/stack/testing';

import { verdict } from './gateway.fixture.ts';
import { hearRevocations } from './revocations.ts';
import { rememberVerdicts, type RememberedVerdicts } from './verdicts.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

let topics: Awaited<ReturnType<typeof testTopics>>;
beforeAll(async () => {
  topics = await testTopics();
});
afterAll(async () => topics[Symbol.asyncDispose]());

test('a revocation is heard by every replica (WD-06, T-15)', async () => {
  const kafka = connectKafka({ ...topics, clientId: 'api-gateway', log: silent });
  await using resources = new AsyncDisposableStack();
  const producer = resources.use(await produce(kafka, tokensTopic));
  const replicas: RememberedVerdicts[] = [];
  for (let n = 0; n < 2; n++) {
    let revoked = false;
    // Time stands still: nothing is asked again because it is old.
    const verdicts = rememberVerdicts(
      async () => (revoked ? undefined : verdict),
      () => 0,
    );
    const hearing = resources.use(await hearRevocations(kafka, verdicts));
    await hearing.joined;
    await verdicts.of('a');
    revoked = true;
    replicas.push(verdicts);
  }

  const { tokenId, workspaceId } = verdict;
  await producer.send([
    {
      key: tokenId,
      id: randomUUID(),
      source: '/kith/token-service',
      subject: `tokens/${tokenId}`,
      time: new Date(),
      sequence: 2,
      event: { type: 'TokenRevoked', data: { tokenId, workspaceId } },
    },
  ]);
  await eventually(async () => {
    for (const verdicts of replicas) expect(await verdicts.of('a')).toBeUndefined();
  });
});
