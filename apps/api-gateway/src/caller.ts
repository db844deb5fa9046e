import type { FastifyRequest } from 'fastify';

/** On whose behalf, and within which request, a service is called: headers. */
export type Caller = Readonly<Record<string, string>>;

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** The same, with the version that a write insists on. */
export function writerOf(request: FastifyRequest): Caller {
  const { 'if-match': ifMatch } = request.headers;
  return { ...callerOf(request), ...(ifMatch !== undefined && { 'if-match': ifMatch }) };
}

export function callerOf({ id, principal, headers: { traceparent } }: FastifyRequest): Caller {
  return {
    'x-request-id': id,
    ...(principal !== 'operator' && {
      'x-kith-workspace': principal.workspaceId,
      'x-kith-token': principal.tokenId,
    }),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
  };
}
