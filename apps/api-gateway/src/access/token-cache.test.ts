import { expect, test } from '@jest/globals';
import { Problem } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';

import { tokenInfo } from '../gateway.fixture.ts';
import { forget } from './revocations.ts';
import { tokenCache, type TokenCache } from './token-cache.ts';

/** token-service as the cache sees it: what it says, how often it was asked, and what time it is. */
function tokenService() {
  const service = { now: 0, asked: 0, answer: async (): Promise<TokenInfo | undefined> => tokenInfo };
  const known = tokenCache(
    () => {
      service.asked++;
      return service.answer();
    },
    () => service.now,
  );
  return { service, known };
}

test('A known token is introspected once in ten seconds', async () => {
  const { service, known } = tokenService();
  await known.of('a');
  service.now = 9_999;
  expect(await known.of('a')).toBe(tokenInfo);
  expect(service.asked).toBe(1);
  service.now = 10_000;
  await known.of('a');
  expect(service.asked).toBe(2);
});

test('Many requests with one token at once make one introspection', async () => {
  const { service, known } = tokenService();
  await Promise.all(Array.from({ length: 50 }, () => known.of('a')));
  expect(service.asked).toBe(1);
});

test('An unknown token is introspected each time: it may be created any moment', async () => {
  const { service, known } = tokenService();
  service.answer = async () => undefined;
  expect(await known.of('a')).toBeUndefined();
  service.answer = async () => tokenInfo;
  expect(await known.of('a')).toBe(tokenInfo);
});

test.each<[string, (known: TokenCache) => void]>([
  ['A revoked token', (known) => known.forgetToken(tokenInfo.tokenId)],
  ['A token whose account changed its plan', (known) => known.forgetAccount(tokenInfo.accountId)],
  ['A token whose revocation comes over Kafka', (known) => forget(known, { type: 'TokenRevoked', data: tokenInfo })],
  [
    'A token whose change of plan comes over Kafka',
    (known) => forget(known, { type: 'AccountPlanChanged', data: tokenInfo }),
  ],
])('%s is introspected at its next request (T-15)', async (_, forget) => {
  const { service, known } = tokenService();
  await known.of('a');
  forget(known);
  await known.of('a');
  expect(service.asked).toBe(2);
});

test('An answer that is under way while its token is revoked is not cached (T-15)', async () => {
  const { service, known } = tokenService();
  const { promise, resolve } = Promise.withResolvers<TokenInfo>();
  service.answer = () => promise;
  const onItsWay = known.of('a');
  known.forgetToken(tokenInfo.tokenId);
  service.answer = async () => undefined;
  expect(await known.of('a')).toBeUndefined();
  resolve(tokenInfo);
  await onItsWay;
  expect(await known.of('a')).toBeUndefined();
});

test('A known token is let in for ten minutes while token-service is away, and an unknown one is unavailable', async () => {
  const { service, known } = tokenService();
  await known.of('a');
  service.answer = () => Promise.reject(new Problem('unavailable', 'Away.', { retryAfter: 1 }));
  service.now = 60_000;
  expect(await known.of('a')).toBe(tokenInfo);
  await expect(known.of('b')).rejects.toMatchObject({ kind: 'unavailable', retryAfter: 1 });
  service.now = 600_001;
  await expect(known.of('a')).rejects.toMatchObject({ kind: 'unavailable' });
});

test('A known token does not wait twice for a token-service that does not answer', async () => {
  const { service, known } = tokenService();
  await known.of('a');
  service.answer = () => Promise.reject(new Problem('unavailable', 'Away.'));
  service.now = 10_000;
  await known.of('a');
  const hanging = Promise.withResolvers<TokenInfo>();
  service.answer = () => hanging.promise;
  service.now = 11_000;
  expect(await known.of('a')).toBe(tokenInfo);
  // It was asked again all the same: what it says counts as soon as it says it.
  expect(service.asked).toBe(3);
  const changed = { ...tokenInfo, scopes: [] };
  hanging.resolve(changed);
  await hanging.promise;
  expect(await known.of('a')).toBe(changed);
});

test('A token that is forgotten while token-service is away is let in no longer', async () => {
  const { service, known } = tokenService();
  await known.of('a');
  service.now = 10_000;
  service.answer = () => Promise.reject(new Problem('unavailable', 'Away.'));
  const asking = known.of('a');
  known.forgetToken(tokenInfo.tokenId);
  await expect(asking).rejects.toMatchObject({ kind: 'unavailable' });
});

test('The cache has a bound, and keeps the tokens last seen', async () => {
  const { service, known } = tokenService();
  for (let n = 0; n <= 10_000; n++) {
    await known.of(`token ${n}`);
    if (n === 5_000) await known.of('token 0');
  }
  await known.of('token 0');
  expect(service.asked).toBe(10_001);
  await known.of('token 1');
  expect(service.asked).toBe(10_002);
});
