import { Problem, TRACEPARENT } from '@kith/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** At whose request, and within which, something came about. */
export type Origin = { readonly requestId: string; readonly actor?: string; readonly traceparent?: string };

/** As the gateway says it of the request that it passes on. */
export function originOf({ id, headers }: FastifyRequest): Origin {
  const { 'x-kith-token': actor, traceparent } = headers;
  return {
    requestId: id,
    ...(typeof actor === 'string' && { actor }),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
  };
}

const SHA256 = /^[\da-f]{64}$/;

/** As the gateway passes it on: the hash of the client's key, of whose keys it is one, and the hash of what was asked for. */
export function idempotencyKeyOf({ headers }: FastifyRequest) {
  const { 'x-kith-token': scope, 'idempotency-key': key, 'x-kith-request-hash': hash } = headers;
  if (typeof scope !== 'string' || typeof key !== 'string' || typeof hash !== 'string') return undefined;
  if (!SHA256.test(key) || !SHA256.test(hash))
    throw new Problem('malformed', 'Idempotency-Key must be a SHA-256 here.');
  return { scope, key, hash };
}

/** Answers what was given now, or at the first request under the same key. */
export function sendOnce(
  reply: FastifyReply,
  { status, body, replayed }: { readonly status: number; readonly body: unknown; readonly replayed: boolean },
): FastifyReply {
  if (replayed) reply.header('idempotency-replayed', 'true');
  return reply.code(status).send(body);
}
