const FIRST =
  'Ada Alan Barbara Bjarne Charles Claude Donald Edsger Emmy Frances Grace Guido Hedy Ingrid John Joan Karen Ken Leslie Linus Margaret Mary Niklaus Olga Peter Radia Rosa Sophie Tim Zoë'.split(
    ' ',
  );
const LAST =
  'Allen Babbage Bartik Borg Boole Church Curie Dijkstra Engelbart Estrin Floyd Goldberg Hamilton Hopper Johnson Keller Knuth Kovalevskaya Lamarr Lamport Liskov Lovelace Neumann Noether Perlman Ritchie Shannon Sommerville Thompson Turing'.split(
    ' ',
  );

/** The words that names are made of, for whoever makes or looks for many at once. */
export const NAMES = { first: FIRST, last: LAST };

/** A contact like many others, never the same address twice; its domain is one that the demo name server knows. */
export function person(n: number) {
  const first = FIRST[n % FIRST.length]!;
  const last = LAST[Math.floor(n / FIRST.length) % LAST.length]!;
  return {
    name: `${first} ${last}`,
    email: `contact.${n}@kith.test`,
    phone: `+1415555${String(n % 10_000).padStart(4, '0')}`,
  };
}
