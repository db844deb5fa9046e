import { hash } from 'node:crypto';

import type { OpenCheck } from './queries/open-checks.ts';

/** The same for every attempt at the same check: however often it is made, its verdict is recorded once. A UUID of version 8 (RFC 9562). */
export function verdictId({
  contactId,
  field,
  valueVersion,
}: Pick<OpenCheck, 'contactId' | 'field' | 'valueVersion'>): string {
  const digest = hash('sha256', `verdict ${contactId} ${field} ${valueVersion}`, 'hex');
  const variant = ((parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
