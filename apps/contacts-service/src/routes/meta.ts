import type { Meta } from '@kith/event-store';
import type { FastifyRequest } from 'fastify';

/** At whose request an event came about. */
export function metaOf({ id, headers }: FastifyRequest): Meta {
  const { 'x-kith-token': actor, traceparent } = headers;
  return {
    requestId: id,
    ...(typeof actor === 'string' && { actor }),
    ...(typeof traceparent === 'string' && { traceparent }),
  };
}
