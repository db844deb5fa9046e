import { randomUUIDv7 } from 'node:crypto';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
/** 128 bits in digits of five bits each. */
const LENGTH = 26;

/** Makes a prefixed UUIDv7 in Crockford's base 32, which is safe to read out. Ids sort by the millisecond of their creation. */
export function newId(kind: 'acc' | 'ws' | 'tok'): string {
  const digits = BigInt(`0x${randomUUIDv7().replaceAll('-', '')}`)
    .toString(32)
    .padStart(LENGTH, '0');
  return `${kind}_${digits.replace(/./g, (digit) => CROCKFORD.charAt(parseInt(digit, 32)))}`;
}
