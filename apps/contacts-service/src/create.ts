import type { CommandHandler } from '@kith/event-store';
import { idempotencyKeyOf, onBehalfOf, sendOnce } from '@kith/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Creation<State, Command> = {
  /** It was just drawn: nothing is stored under it. */
  readonly id: number;
  readonly command: Command;
  readonly body: (state: State) => unknown;
};

/** Creates something and answers 201. All requests under one idempotency key create it once and get the same answer. */
export async function create<State, Command>(
  request: FastifyRequest,
  reply: FastifyReply,
  { handleOnce }: CommandHandler<State, Command>,
  { id, command, body }: Creation<State, Command>,
) {
  const answer = (state: State) => ({ status: 201, body: body(state) });
  const { context } = onBehalfOf(request);
  const answered = { answer, idempotencyKey: idempotencyKeyOf(request) };
  return sendOnce(reply, await handleOnce(String(id), command, answered, { fresh: true, ...context }));
}
