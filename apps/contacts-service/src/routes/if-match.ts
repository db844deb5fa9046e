import { Problem } from '@kith/contracts';
import type { FastifyRequest } from 'fastify';

/** The version that a write insists on (RFC 9110, 13.1.1), as our ETags say it. A tag that none of ours could be matches nothing. */
export function ifVersionOf({ headers }: FastifyRequest): number | undefined {
  const tag = headers['if-match'];
  if (tag === undefined || tag === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(tag)?.[1];
  if (version === undefined) throw new Problem('precondition-failed', 'If-Match must be an ETag such as "v7".');
  return Number(version);
}
