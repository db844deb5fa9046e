import { hash } from 'node:crypto';

import type { OpenCheck } from './queries/open-checks.ts';

/** The same for every attempt at the same check: however often it is made, its verdict is recorded once. */
export const verdictId = ({ contactId, field, valueVersion }: OpenCheck): string =>
  uuidOf(`verdict ${contactId} ${field} ${valueVersion}`);

/** The same however often an erasure is told. */
export const forgettingId = (contactId: number): string => uuidOf(`forget ${contactId}`);

/** RFC 9562, version 8: of its 128 bits, those that are ours are a digest's. */
function uuidOf(name: string): string {
  const digest = hash('sha256', name, 'hex');
  const variant = ((parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
