import { hash } from 'node:crypto';

import { Problem } from '@kith/contracts';
import type { ServiceAnswer } from '@kith/http';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Caller, callerOf } from './caller.ts';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * The caller, with the client's `Idempotency-Key` and what tells this request from another under the same key. The service that
 * creates keeps both; here nothing is durable.
 */
export function creatorOf(request: FastifyRequest): Caller {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return callerOf(request);
  if (typeof key !== 'string' || !VISIBLE_ASCII.test(key))
    throw new Problem('malformed', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
  const [path] = request.url.split('?');
  // The body as it was understood: whitespace and the order of members make no other request of it.
  const asked = hash('sha256', `${request.method} ${path}\n${JSON.stringify(request.body)}`);
  return { ...callerOf(request), 'idempotency-key': key, 'x-kith-request-hash': asked };
}

/** What the service created, or had created at the first request under this key: the reply says which. */
export function created<Body>(reply: FastifyReply, { status, headers, body }: ServiceAnswer<Body>): Body {
  reply.code(status);
  if (headers['idempotency-replayed'] === 'true') reply.header('idempotency-replayed', 'true');
  return body;
}
