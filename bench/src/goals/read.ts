import { join } from 'node:path';

import { INTERNAL_KEY_HEADER } from '@kith/contracts';

import type { Context } from '../harness/context.ts';
import { gatewayEnvironment } from '../harness/gateway-environment.ts';
import { eachRound, interleave, type Rounds } from '../harness/interleave.ts';
import { REPOSITORY } from '../harness/kith.ts';
import { closedLoop, httpClient, type Load, type Request } from '../harness/load.ts';
import { startNginx } from '../harness/nginx.ts';
import { startNode } from '../harness/node-process.ts';
import { cpuMicros } from '../harness/processes.ts';
import type { System } from '../harness/system.ts';
import { type Figure, foreign, type Goal, measure } from '../report/figure.ts';

const CONNECTIONS = 32;
const BARE = join(import.meta.dirname, '../bare');

/**
 * G1, G1a, G1b, G1c: the gateway's work for a read (token, scope, request id, log, metrics, deadline), compared with a bare hop and with
 * nginx plus an authorizer. Behind them is first a handler that costs almost nothing, then contacts-service.
 */
export async function read(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const { id, body } = await newContact(system);
  const start = async (main: string, env: NodeJS.ProcessEnv) => resources.use(await startNode(main, env));

  const handler = await start(join(BARE, 'answers.ts'), { BODY: body });
  const gateway = await start(
    join(REPOSITORY, 'apps/api-gateway/src/main.ts'),
    gatewayEnvironment(system, handler.url),
  );
  const HEADERS = JSON.stringify(internalHeaders(system));
  const bare = await start(join(BARE, 'hop.ts'), { TARGET: handler.url, HEADERS });
  const bareBeforeContacts = await start(join(BARE, 'hop.ts'), { TARGET: system.contactsUrl, HEADERS });
  const whole = { url: system.gatewayUrl, pid: system.processes['api-gateway']! };
  const authorizer = await start(join(BARE, 'authorizes.ts'), { TOKEN: system.token });
  const nginx = await startNginx({ handler: handler.url, authorizer: authorizer.url });
  if (nginx) resources.use(nginx);

  const asClient: Request = {
    method: 'GET',
    path: `/api/v1/contacts/${id}`,
    headers: { authorization: `Bearer ${system.token}` },
  };
  const asService: Request = { method: 'GET', path: `/contacts/${id}` };
  const leg = (server: { url: string; pid?: number }, request: Request, connections = CONNECTIONS) => {
    const client = resources.use(httpClient(server.url, connections));
    const cpu = () => (server.pid === undefined ? NaN : cpuMicros(server.pid));
    return async () => {
      const before = cpu();
      const load = await closedLoop(connections, context.seconds, () => client.send(request));
      return { ...load, cpu: (cpu() - before) / load.count };
    };
  };

  context.say('read: the gateway alone');
  const legs = { ours: leg(gateway, asClient), bare: leg(bare, asService) };
  const besideNginx = nginx && (await interleave({ ...legs, nginx: leg(nginx, asClient) }, context));
  const alone: Rounds<Leg, M> = besideNginx ?? (await interleave(legs, context));
  context.say('read: one connection');
  const one = await interleave(
    { ours: leg(gateway, asClient, 1), bare: leg(bare, asService, 1), direct: leg(handler, asService, 1) },
    context,
  );
  context.say('read: with contacts-service');
  const both = await interleave({ ours: leg(whole, asClient), bare: leg(bareBeforeContacts, asService) }, context);

  return [
    throughput('the gateway alone', 'a handler from memory behind both', alone),
    nginx && besideNginx ? overNginx(nginx.version, besideNginx) : NO_NGINX,
    added(alone),
    latency(one),
    throughput('with contacts-service', 'contacts-service and PostgreSQL behind both', both),
  ];
}

type Leg = 'ours' | 'bare';
type M = Load & { readonly cpu: number };

const G1: Goal = { atLeast: 0.8 };

const throughput = (name: string, behind: string, rounds: Rounds<Leg, M>): Figure => ({
  id: 'G1',
  what: `authenticated read, ${CONNECTIONS} connections, beside a bare Fastify → undici hop; ${behind}`,
  measures: [
    measure(
      `${name}, over the bare hop`,
      eachRound(rounds, ({ ours, bare }) => ours.perSecond / bare.perSecond),
      G1,
    ),
    measure(
      'gateway, requests/s',
      eachRound(rounds, ({ ours }) => ours.perSecond),
    ),
    measure(
      'bare hop, requests/s',
      eachRound(rounds, ({ bare }) => bare.perSecond),
    ),
  ],
  ...foreign(rounds),
});

const overNginx = (version: string, rounds: Rounds<Leg | 'nginx', M>): Figure => ({
  id: 'G1a',
  what: `the same read beside ${version} with auth_request and limit_req before the same handler`,
  measures: [
    measure(
      "over nginx's",
      eachRound(rounds, ({ ours, nginx }) => ours.perSecond / nginx.perSecond),
      { atLeast: 1.2 },
    ),
    measure(
      'nginx, requests/s',
      eachRound(rounds, ({ nginx }) => nginx.perSecond),
    ),
  ],
  ...foreign(rounds),
});

const NO_NGINX: Figure = {
  id: 'G1a',
  what: 'the same read beside nginx with auth_request',
  measures: [],
  note: 'Skipped: nginx is not installed (on Debian: apt-get install nginx).',
};

const added = (rounds: Rounds<Leg, M>): Figure => ({
  id: 'G1b',
  what: 'CPU of the gateway for a request, less the bare hop’s',
  measures: [
    measure(
      'added, µs',
      eachRound(rounds, ({ ours, bare }) => ours.cpu - bare.cpu),
      { atMost: 25 },
    ),
    measure(
      'gateway, µs',
      eachRound(rounds, ({ ours }) => ours.cpu),
    ),
    measure(
      'bare hop, µs',
      eachRound(rounds, ({ bare }) => bare.cpu),
    ),
  ],
  ...foreign(rounds),
});

const latency = (rounds: Rounds<Leg | 'direct', M>): Figure => {
  const addedOver = (name: 'p50' | 'p99') =>
    eachRound(rounds, ({ ours, bare, direct }) => (ours[name] - direct[name]) / (bare[name] - direct[name]));
  return {
    id: 'G1c',
    what: 'latency that the gateway adds to a direct read, one connection, over what the bare hop adds',
    measures: [
      measure('of p50', addedOver('p50'), { atMost: 1.5 }),
      measure('of p99', addedOver('p99'), { atMost: 2 }),
      measure(
        'direct p50, ms',
        eachRound(rounds, ({ direct }) => direct.p50),
      ),
      measure(
        'bare hop p50, ms',
        eachRound(rounds, ({ bare }) => bare.p50),
      ),
      measure(
        'gateway p50, ms',
        eachRound(rounds, ({ ours }) => ours.p50),
      ),
      measure(
        'gateway p99, ms',
        eachRound(rounds, ({ ours }) => ours.p99),
      ),
    ],
    ...foreign(rounds),
  };
};

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
