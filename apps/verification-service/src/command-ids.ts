import { hash } from 'node:crypto';

import type { OpenCheck } from './queries/open-checks.ts';

/** One id for all attempts at a check: its verdict is recorded once, however often it runs. */
export const verdictId = ({ contactId, field, valueVersion }: OpenCheck): string =>
  uuidOf(`verdict ${contactId} ${field} ${valueVersion}`);

/** One id for all messages about an erasure. */
export const forgettingId = (contactId: number): string => uuidOf(`forget ${contactId}`);

/** RFC 9562, version 8: the 122 free bits are taken from a digest. */
function uuidOf(name: string): string {
  const digest = hash('sha256', name, 'hex');
  const variant = ((parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
