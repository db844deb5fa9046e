import type { ServiceAnswer } from '@kith/http';
import type { FastifyReply } from 'fastify';

/** The body of what a service created, now or at the first request under the same `Idempotency-Key`. The reply says which. */
export function created<Body>(reply: FastifyReply, { status, headers, body }: ServiceAnswer<Body>): Body {
  reply.code(status);
  if (headers['idempotency-replayed'] === 'true') reply.header('idempotency-replayed', 'true');
  return body;
}
