import { join } from 'node:path';

import { INTERNAL_KEY_HEADER } from '@kith/contracts';

import { type Context, type Figure, foreign } from '../harness/figure.ts';
import { eachRound, interleave, type Rounds } from '../harness/interleave.ts';
import { closedLoop, httpClient, type Request } from '../harness/load.ts';
import { type NodeProcess, startNode } from '../harness/node-process.ts';
import { cpuMicros } from '../harness/processes.ts';
import { REPOSITORY, type System } from '../harness/system.ts';

const CONNECTIONS = 32;
const BARE = join(import.meta.dirname, '../bare');

/**
 * G1, G1b, G1c: what the gateway does for a read (token, scope, request id, log, metrics, deadline) beside a hop that does nothing.
 * First with a handler behind both that costs next to nothing, then with contacts-service behind both.
 */
export async function read(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const { id, body } = await newContact(system);
  const start = async (main: string, env: NodeJS.ProcessEnv) => resources.use(await startNode(main, env));

  const handler = await start(join(BARE, 'answers.ts'), { BODY: body });
  const gateway = await start(join(REPOSITORY, 'apps/api-gateway/src/main.ts'), gatewayEnv(system, handler.url));
  const HEADERS = JSON.stringify(internalHeaders(system));
  const bare = await start(join(BARE, 'hop.ts'), { TARGET: handler.url, HEADERS });
  const bareBeforeContacts = await start(join(BARE, 'hop.ts'), { TARGET: system.contactsUrl, HEADERS });
  const whole = { url: system.gatewayUrl, pid: system.processes['api-gateway']! };

  const asClient: Request = {
    method: 'GET',
    path: `/api/v1/contacts/${id}`,
    headers: { authorization: `Bearer ${system.token}` },
  };
  const asService: Request = { method: 'GET', path: `/contacts/${id}` };
  const leg = (server: Pick<NodeProcess, 'url' | 'pid'>, request: Request, connections = CONNECTIONS) => {
    const client = resources.use(httpClient(server.url, connections));
    return async () => {
      const before = cpuMicros(server.pid);
      const load = await closedLoop(connections, context.seconds, () => client.send(request));
      return { ...load, cpu: (cpuMicros(server.pid) - before) / load.count };
    };
  };

  context.say('read: the gateway alone');
  const alone = await interleave({ ours: leg(gateway, asClient), bare: leg(bare, asService) }, context);
  context.say('read: one connection');
  const one = await interleave(
    { ours: leg(gateway, asClient, 1), bare: leg(bare, asService, 1), direct: leg(handler, asService, 1) },
    context,
  );
  context.say('read: with contacts-service');
  const both = await interleave({ ours: leg(whole, asClient), bare: leg(bareBeforeContacts, asService) }, context);

  return [
    throughput('the gateway alone (a handler from memory behind both)', alone),
    added(alone),
    latency(one),
    throughput('with contacts-service and PostgreSQL behind both', both),
  ];
}

type Leg = 'ours' | 'bare';
type M = { perSecond: number; p50: number; p99: number; count: number; cpu: number };

const throughput = (what: string, rounds: Rounds<Leg, M>): Figure => ({
  goal: 'G1',
  what: `authenticated read, ${CONNECTIONS} connections: requests/s over a bare Fastify → undici hop's; ${what}`,
  ratio: eachRound(rounds, ({ ours, bare }) => ours.perSecond / bare.perSecond),
  target: '≥ 0.80',
  values: {
    'gateway, requests/s': eachRound(rounds, ({ ours }) => ours.perSecond).median,
    'bare hop, requests/s': eachRound(rounds, ({ bare }) => bare.perSecond).median,
  },
  ...foreign(rounds),
});

const added = (rounds: Rounds<Leg, M>): Figure => ({
  goal: 'G1b',
  what: 'CPU that the gateway takes for a request beyond what the bare hop does (goal: 25 µs)',
  values: {
    'added, µs': eachRound(rounds, ({ ours, bare }) => ours.cpu - bare.cpu).median,
    'gateway, µs': eachRound(rounds, ({ ours }) => ours.cpu).median,
    'bare hop, µs': eachRound(rounds, ({ bare }) => bare.cpu).median,
  },
  ...foreign(rounds),
});

const latency = (rounds: Rounds<Leg | 'direct', M>): Figure => ({
  goal: 'G1c',
  what: 'latency that the gateway adds to a direct read, one connection: p50 over what the bare hop adds',
  ratio: eachRound(rounds, ({ ours, bare, direct }) => (ours.p50 - direct.p50) / (bare.p50 - direct.p50)),
  target: '≤ 1.5',
  values: {
    'same ratio of p99 (goal 2)': eachRound(
      rounds,
      ({ ours, bare, direct }) => (ours.p99 - direct.p99) / (bare.p99 - direct.p99),
    ).median,
    'direct p50, ms': eachRound(rounds, ({ direct }) => direct.p50).median,
    'bare hop p50, ms': eachRound(rounds, ({ bare }) => bare.p50).median,
    'gateway p50, ms': eachRound(rounds, ({ ours }) => ours.p50).median,
    'gateway p99, ms': eachRound(rounds, ({ ours }) => ours.p99).median,
  },
  ...foreign(rounds),
});

async function newContact(system: System) {
  await using gateway = httpClient(system.gatewayUrl, 1);
  const made = await gateway.send(
    {
      method: 'POST',
      path: `/api/v1/contact-lists/${system.listId}/contacts`,
      headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada Lovelace', email: 'ada@kith.test', phone: '+14155552671' }),
    },
    201,
  );
  const { id } = (JSON.parse(made) as { data: { id: number } }).data;
  await using contacts = httpClient(system.contactsUrl, 1);
  const body = await contacts.send({ method: 'GET', path: `/contacts/${id}`, headers: internalHeaders(system) });
  return { id, body };
}

const internalHeaders = ({ internalKey, workspaceId, tokenId }: System) => ({
  [INTERNAL_KEY_HEADER]: internalKey,
  'x-kith-workspace': workspaceId,
  'x-kith-token': tokenId,
});

const gatewayEnv = ({ internalKey, operatorKey, tokensUrl, kafkaBrokers }: System, contactsUrl: string) => ({
  CONTACTS_URL: contactsUrl,
  TOKENS_URL: tokensUrl,
  INTERNAL_KEY: internalKey,
  OPERATOR_KEY: operatorKey,
  KAFKA_BROKERS: kafkaBrokers.join(','),
});
