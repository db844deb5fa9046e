import { parseAddress } from './address.ts';
import type { Check } from './check.ts';

/** Domains that people often mean. Short names are left out: too many real domains are one letter away from `gmx.com`. */
const MEANT = [
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'yahoo.co.uk',
  'ymail.com',
  'hotmail.com',
  'hotmail.co.uk',
  'outlook.com',
  'icloud.com',
  'protonmail.com',
  'comcast.net',
];

/** These domains and the real ones that are one letter away. */
const REAL = new Set([...MEANT, 'mail.com', 'email.com']);

export const domainTypo: Check = {
  name: 'domain_typo',
  asks: 'nobody',
  version: '1',
  ask(value) {
    const domain = parseAddress(value)?.domain ?? '';
    const suggestion = REAL.has(domain) ? undefined : MEANT.find((meant) => isOneSlipAway(domain, meant));
    return suggestion ? { says: 'doubt', reason: 'domain_typo', details: { suggestion } } : { says: 'pass' };
  },
};

/** One letter too many, too few or wrong, or two swapped. */
function isOneSlipAway(written: string, meant: string): boolean {
  if (written === meant || Math.abs(written.length - meant.length) > 1) return false;
  let start = 0;
  while (start < written.length && written[start] === meant[start]) start++;
  const [a, b] = [written.slice(start), meant.slice(start)];
  return (
    a.slice(1) === b.slice(1) ||
    a.slice(1) === b ||
    a === b.slice(1) ||
    (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
  );
}
