import type { IncomingHttpHeaders } from 'node:http';

import { Problem, TRACEPARENT } from '@kith/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ifVersionsOf } from './if-match.ts';

type Forwarded<Workspace> = {
  readonly id: string;
  readonly headers: IncomingHttpHeaders & { readonly 'x-kith-workspace'?: Workspace };
};

/**
 * The gateway's headers, split by who reads them: a command is made `within` a workspace and on a version, and is handled in a `context`
 * that is stored with its events. The workspace is as the route's schema has it: `principalHeaders` demands one, the operator has none.
 */
export function onBehalfOf<Workspace>({ id, headers }: Forwarded<Workspace>) {
  const { 'x-kith-workspace': workspaceId, 'x-kith-token': actor, traceparent } = headers;
  const meta = {
    requestId: id,
    ...(typeof actor === 'string' && { actor }),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
  };
  return { within: { workspaceId: workspaceId as Workspace, ifVersions: ifVersionsOf(headers) }, context: { meta } };
}

const SHA256 = /^[\da-f]{64}$/;

/** The gateway passes on hashes: of the client's key and of its request. The token that sent them is the scope of the key. */
export function idempotencyKeyOf({ headers }: FastifyRequest) {
  const { 'x-kith-token': scope, 'idempotency-key': key, 'x-kith-request-hash': hash } = headers;
  if (typeof scope !== 'string' || typeof key !== 'string' || typeof hash !== 'string') return undefined;
  if (!SHA256.test(key) || !SHA256.test(hash))
    throw new Problem('malformed', 'Idempotency-Key must be a SHA-256 here.');
  return { scope, key, hash };
}

/** Sends an answer, and says whether it is the one of an earlier request under the same idempotency key. */
export function sendOnce(
  reply: FastifyReply,
  { status, body, replayed }: { readonly status: number; readonly body: unknown; readonly replayed: boolean },
): FastifyReply {
  if (replayed) reply.header('idempotency-replayed', 'true');
  return reply.code(status).send(body);
}
