import { Problem } from '@kith/contracts';
import type { FastifyRequest } from 'fastify';

const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const TAGS = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`);
// Of a weak tag nothing can match: the comparison is the strong one (RFC 9110, 8.8.3.2).
const OURS = /^"v(\d{1,9})"$/;

/** The versions that a write insists on one of (RFC 9110, 13.1.1), as our ETags say them; undefined where any will do. */
export function ifVersionsOf({ headers }: FastifyRequest): readonly number[] | undefined {
  const sent = headers['if-match']?.trim();
  if (sent === undefined || sent === '*') return undefined;
  if (!TAGS.test(sent))
    throw new Problem('malformed', 'If-Match must be * or ETags such as "v7", with commas between.');
  return sent.split(/[ \t]*,[ \t]*/).flatMap((tag) => {
    const version = OURS.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}
