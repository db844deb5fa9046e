import { randomUUID } from 'node:crypto';

import { Problem } from '@kith/contracts';
import { TRACEPARENT } from '@kith/contracts';
import type { FastifyRequest } from 'fastify';

/** On whose behalf, and within which request, a service is called: headers. */
export type Caller = Readonly<Record<string, string>>;

const SPAN_ID_LENGTH = 16;

/** It has room for some eighty versions. A header as long as the gateway reads would be too long for a service, with what is added to it. */
export const LONGEST_IF_MATCH = 1_024;

/** The same, with the version that a write insists on. */
export function writerOf(request: FastifyRequest): Caller {
  const { 'if-match': ifMatch } = request.headers;
  if (ifMatch !== undefined && ifMatch.length > LONGEST_IF_MATCH)
    throw new Problem('malformed', `If-Match must be at most ${LONGEST_IF_MATCH} characters.`);
  return { ...callerOf(request), ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
}

export function callerOf(request: FastifyRequest): Caller {
  const { id, principal } = request;
  return {
    'x-request-id': id,
    traceparent: traceOf(request),
    ...(principal === 'operator'
      ? { 'x-kith-token': 'operator' }
      : { 'x-kith-workspace': principal.workspaceId, 'x-kith-token': principal.tokenId }),
  };
}

/** The client's trace, or one that begins here; not sampled, as nobody has asked for that. */
function traceOf({ headers: { traceparent } }: FastifyRequest): string {
  if (typeof traceparent === 'string' && TRACEPARENT.test(traceparent)) return traceparent;
  return `00-${randomHex()}-${randomHex().slice(0, SPAN_ID_LENGTH)}-00`;
}

/** 32 digits. Node draws UUIDs many at a time: ten times as fast as bytes. */
const randomHex = () => randomUUID().replaceAll('-', '');
