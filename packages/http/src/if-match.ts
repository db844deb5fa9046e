import type { IncomingHttpHeaders } from 'node:http';

import { Problem } from '@kith/contracts';

const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const TAGS = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`);
// A weak tag matches nothing: the comparison is the strong one (RFC 9110, 8.8.3.2).
const OURS = /^"v(\d{1,9})"$/;

/** The versions that If-Match names; the thing to be written must have one of them (RFC 9110, 13.1.1). Undefined: any version will do. */
export function ifVersionsOf(headers: IncomingHttpHeaders): readonly number[] | undefined {
  const sent = headers['if-match']?.trim();
  if (sent === undefined || sent === '*') return undefined;
  if (!TAGS.test(sent))
    throw new Problem('malformed', 'If-Match must be * or ETags such as "v7", with commas between.');
  return sent.split(/[ \t]*,[ \t]*/).flatMap((tag) => {
    const version = OURS.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}
