import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Context } from '../harness/context.ts';
import { gatewayEnvironment } from '../harness/gateway-environment.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { REPOSITORY } from '../harness/kith.ts';
import { closedLoop, httpClient, openLoop, type Request } from '../harness/load.ts';
import { startNode } from '../harness/node-process.ts';
import { sampleOf } from '../harness/statistics.ts';
import type { System } from '../harness/system.ts';
import { newToken } from '../harness/workspace.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';

const CONNECTIONS = 32;
const PER_SECOND = 500;
/** The gateway caches a token for 10 s if Kafka does not announce its revocation. */
const PATIENCE_MS = 15_000;
const BEFORE_MS = 500;
const AFTERWARDS_MS = 200;

/** G9: the cost of the token check, and the time until two gateways under load refuse a revoked token. */
export async function token(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  // The gateway's log is off, because the open route is a probe and logs nothing.
  const quiet = resources.use(
    await startNode(join(REPOSITORY, 'apps/api-gateway/src/main.ts'), {
      ...gatewayEnvironment(system, system.contactsUrl),
      LOG_LEVEL: 'warn',
    }),
  );
  const client = resources.use(httpClient(quiet.url, CONNECTIONS));
  const leg = (request: Request) => () => closedLoop(CONNECTIONS, context.seconds, () => client.send(request));
  context.say('token: authenticated beside open');
  const rounds = await interleave({ authenticated: leg(whoAmI(system.token)), open: leg(OPEN) }, context);

  context.say('token: revoked under load');
  const urls = [system.gatewayUrl, quiet.url];
  const seen: number[] = [];
  for (let n = 0; n < context.rounds; n++) seen.push(await revocation(system, urls));
  return [
    {
      id: 'G9',
      what: `GET /me with a token over GET /healthz, the same gateway without its log, ${CONNECTIONS} connections; and revoking a token under ${PER_SECOND} requests/s at two gateways`,
      measures: [
        measure(
          'authenticated over open, requests/s',
          eachRound(rounds, ({ authenticated, open }) => authenticated.perSecond / open.perSecond),
          { atLeast: 0.92 },
        ),
        measure(
          'authenticated, requests/s',
          eachRound(rounds, ({ authenticated }) => authenticated.perSecond),
        ),
        measure(
          'open, requests/s',
          eachRound(rounds, ({ open }) => open.perSecond),
        ),
        measure('last 200 after the revocation was answered, ms', sampleOf(...seen), { atMost: 1000 }),
      ],
      ...foreign(rounds),
    },
  ];
}

const OPEN: Request = { method: 'GET', path: '/healthz' };
const whoAmI = (bearer: string): Request => ({
  method: 'GET',
  path: '/api/v1/me',
  headers: { authorization: `Bearer ${bearer}` },
});

/** The ms from the answer to a revocation until any gateway accepted the token for the last time. */
async function revocation(system: System, urls: readonly string[]): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const { id, token: bearer } = await newToken(system, system.workspaceId);
  const clients = urls.map((url) => resources.use(httpClient(url, CONNECTIONS)));
  const refusing = new Map<number, number>();
  let [revokedAt, lastLetIn] = [Infinity, 0];
  async function ask(n: number) {
    const { status, body } = await clients[n]!.ask(whoAmI(bearer));
    if (status === 200) lastLetIn = performance.now();
    else if (status !== 401) throw new Error(`GET /me answers ${status}: ${body}`);
    else if (!refusing.has(n)) refusing.set(n, performance.now());
  }
  for (const n of clients.keys()) await ask(n);

  const start = performance.now();
  const goesOn = () => {
    if (performance.now() - start > PATIENCE_MS) throw new Error('A revoked token is still accepted after 15 s.');
    // The load goes on after all gateways have refused: none may accept the token again.
    return refusing.size < clients.length || performance.now() < Math.max(...refusing.values()) + AFTERWARDS_MS;
  };
  const revoke = async () => {
    await delay(BEFORE_MS);
    const headers = { authorization: `Bearer ${system.operatorKey}` };
    await clients[0]!.send({ method: 'DELETE', path: `/api/v1/tokens/${id}`, headers });
    revokedAt = performance.now();
  };
  await Promise.all([openLoop(PER_SECOND, goesOn, (n) => ask(n % clients.length)), revoke()]);
  return Math.max(0, lastLetIn - revokedAt);
}
