import { parseAddress } from './address.ts';
import type { Check } from './check.ts';

export const syntax: Check = {
  name: 'syntax',
  asks: 'nobody',
  ask: (value) => (parseAddress(value) ? { says: 'pass' } : { says: 'settled', status: 'invalid', reason: 'syntax' }),
};
