import { createHmac, hash, randomUUID } from 'node:crypto';

import { Problem, TRACEPARENT } from '@kith/contracts';
import type { FastifyRequest } from 'fastify';

import { principalOf } from './principal.ts';

/** They tell a service on whose behalf it is called, and within which request. */
export type ForwardedHeaders = Readonly<Record<string, string>>;

const SPAN_ID_LENGTH = 16;

/** Room for some eighty versions. A header as long as the gateway reads would be too long for a service, which gets others with it. */
export const LONGEST_IF_MATCH = 1_024;

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

export function readHeaders(request: FastifyRequest): ForwardedHeaders {
  const { id, headers } = request;
  const principal = principalOf(request);
  return {
    'x-request-id': id,
    traceparent: traceOf(headers.traceparent),
    ...(principal === 'operator'
      ? { 'x-kith-token': 'operator' }
      : { 'x-kith-workspace': principal.workspaceId, 'x-kith-token': principal.tokenId }),
  };
}

/** Those of a read, with the version that the write insists on. */
export function writeHeaders(request: FastifyRequest): ForwardedHeaders {
  const { 'if-match': ifMatch } = request.headers;
  if (ifMatch !== undefined && ifMatch.length > LONGEST_IF_MATCH)
    throw new Problem('malformed', `If-Match must be at most ${LONGEST_IF_MATCH} characters.`);
  return { ...readHeaders(request), ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
}

/**
 * Those of a read, with what tells the client's `Idempotency-Key` from others, and this request from another under it. The service that
 * creates keeps both; nothing is durable here. Neither contains what the client wrote: a key may be somebody's address. The request's
 * hash is keyed by the client's key, which nobody keeps: the body cannot be guessed from it, unless the key can.
 */
export function createHeaders(request: FastifyRequest): ForwardedHeaders {
  const headers = readHeaders(request);
  const key = request.headers['idempotency-key'];
  if (key === undefined) return headers;
  if (typeof key !== 'string' || !VISIBLE_ASCII.test(key))
    throw new Problem('malformed', 'Idempotency-Key must be 1 to 255 visible ASCII characters.');
  const [path] = request.url.split('?');
  // The parsed body is hashed: another order of members or other whitespace does not make it another request.
  const requestHash = createHmac('sha256', key).update(`${request.method} ${path}\n${JSON.stringify(request.body)}`);
  return {
    ...headers,
    'idempotency-key': hash('sha256', `${headers['x-kith-token']}\n${key}`),
    'x-kith-request-hash': requestHash.digest('hex'),
  };
}

/** The client's trace, or a new one. A new one is not sampled, as nobody has asked for that. */
function traceOf(traceparent: string | string[] | undefined): string {
  if (typeof traceparent === 'string' && TRACEPARENT.test(traceparent)) return traceparent;
  return `00-${randomHex()}-${randomHex().slice(0, SPAN_ID_LENGTH)}-00`;
}

/** 32 digits. Node draws UUIDs many at a time: ten times as fast as bytes. */
const randomHex = () => randomUUID().replaceAll('-', '');
