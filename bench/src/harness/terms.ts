import { createHash } from 'node:crypto';

import { NAMES } from './people.ts';

const SEARCHES = 100;

export type Term = { readonly kind: string; readonly term: string };

/** Search terms as people type them, ten of each kind, for the contacts of `loadContacts`. They are the same in every run. */
export function mixedTerms(contacts: number): readonly Term[] {
  const { first, last } = NAMES;
  const kinds: Readonly<Record<string, (n: number) => string>> = {
    'a first name': (n) => first[n % first.length]!,
    'a last name': (n) => last[n % last.length]!,
    'a whole name': (n) => `${first[n % first.length]!} ${last[(n * 7) % last.length]!}`,
    'three letters': (n) => last[n % last.length]!.slice(0, 3).toLowerCase(),
    'two letters': (n) => first[n % first.length]!.slice(0, 2),
    'an address': (n) =>
      `contact.${createHash('md5')
        .update(String(among(n, contacts)))
        .digest('hex')}@`,
    'a phone': (n) => `+1415${String(among(n, contacts)).padStart(7, '0')}`,
    'digits of a phone': (n) => `555-${n}`,
    'a domain': (n) => `example.${n % 2 ? 'com' : 'org'}`,
    nobody: (n) => `nobody ${n}`,
  };
  const each = SEARCHES / Object.keys(kinds).length;
  return Object.entries(kinds).flatMap(([kind, term]) =>
    Array.from({ length: each }, (_, n) => ({ kind, term: term(3 * n + 1) })),
  );
}

/** Two letters make no trigram, so when nobody has them every contact is read. */
export const HARDEST: Term = { kind: 'two letters that nobody has', term: 'zq' };

const among = (n: number, contacts: number) => 1 + ((n * 104_729) % contacts);
