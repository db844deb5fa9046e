const FIRST =
  'Ada Alan Barbara Bjarne Charles Claude Donald Edsger Emmy Frances Grace Guido Hedy Ingrid John Joan Karen Ken Leslie Linus Margaret Mary Niklaus Olga Peter Radia Rosa Sophie Tim Zoë'.split(
    ' ',
  );
const LAST =
  'Allen Babbage Bartik Borg Boole Church Curie Dijkstra Engelbart Estrin Floyd Goldberg Hamilton Hopper Johnson Keller Knuth Kovalevskaya Lamarr Lamport Liskov Lovelace Neumann Noether Perlman Ritchie Shannon Sommerville Thompson Turing'.split(
    ' ',
  );

/** The words of the names, for code that makes or searches many contacts at once. */
export const NAMES = { first: FIRST, last: LAST };

export type Person = { readonly name: string; readonly email: string; readonly phone: string };

/** Makes a person whose address is unique, also over several runs. The demo name server knows the domain. */
export function person(n: number): Person {
  const first = FIRST[n % FIRST.length]!;
  const last = LAST[Math.floor(n / FIRST.length) % LAST.length]!;
  return {
    name: `${first} ${last}`,
    email: `contact.${RUN}.${n}@kith.test`,
    phone: `+1415555${String(n % 10_000).padStart(4, '0')}`,
  };
}

/** Tells runs apart, because a peer keeps the contacts of earlier runs. */
const RUN = Date.now().toString(36);
