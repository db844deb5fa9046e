import { createHmac, hash } from 'node:crypto';

import { Problem } from '@kith/contracts';
import type { ServiceAnswer } from '@kith/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Caller, callerOf } from './forwarded-headers.ts';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * The caller, with what tells the client's `Idempotency-Key` from others, and this request from another under it. The service that creates
 * keeps both; here nothing is durable. Neither says what the client wrote: a key may be somebody's address. The request's hash is keyed
 * by the client's key, which nobody keeps: what somebody wrote cannot be guessed from it, unless the key can.
 */
export function creatorOf(request: FastifyRequest): Caller {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return callerOf(request);
  if (typeof key !== 'string' || !VISIBLE_ASCII.test(key))
    throw new Problem('malformed', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
  const [path] = request.url.split('?');
  // The body as it was understood: whitespace and the order of members make no other request of it.
  const asked = createHmac('sha256', key).update(`${request.method} ${path}\n${JSON.stringify(request.body)}`);
  const caller = callerOf(request);
  return {
    ...caller,
    'idempotency-key': hash('sha256', `${caller['x-kith-token']}\n${key}`),
    'x-kith-request-hash': asked.digest('hex'),
  };
}

/** What the service created, or had created at the first request under this key: the reply says which. */
export function created<Body>(reply: FastifyReply, { status, headers, body }: ServiceAnswer<Body>): Body {
  reply.code(status);
  if (headers['idempotency-replayed'] === 'true') reply.header('idempotency-replayed', 'true');
  return body;
}
