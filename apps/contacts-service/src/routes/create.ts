import type { CommandHandler, KeyedRequest } from '@kith/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { metaOf } from './meta.ts';

type Creation<State, Command> = {
  /** Just drawn: nothing is stored under it. */
  readonly id: number;
  readonly command: Command;
  readonly body: (state: State) => unknown;
};

/** Creates something and answers 201; once and with the same answer for all requests under one idempotency key. */
export async function create<State, Command>(
  request: FastifyRequest,
  reply: FastifyReply,
  { handle, handleOnce }: CommandHandler<State, Command>,
  { id, command, body }: Creation<State, Command>,
) {
  const context = { fresh: true, meta: metaOf(request) };
  const key = keyOf(request);
  if (!key) return reply.code(201).send(body(await handle(String(id), command, context)));

  const answer = (state: State) => ({ status: 201, body: body(state) });
  const given = await handleOnce(String(id), command, { ...key, answer }, context);
  if (given.replayed) reply.header('idempotency-replayed', 'true');
  return reply.code(given.status).send(given.body);
}

/** As the gateway passes it on: the client's key, and the hash of what it asked for. */
function keyOf({ headers }: FastifyRequest): Omit<KeyedRequest<never>, 'answer'> | undefined {
  const { 'x-kith-token': scope, 'idempotency-key': key, 'x-kith-request-hash': hash } = headers;
  if (typeof scope !== 'string' || typeof key !== 'string' || typeof hash !== 'string') return undefined;
  return { scope, key, hash };
}
