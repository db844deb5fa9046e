/** Somebody who is recognised by every field; `mark` tells one of them from another. */
export const person = (mark: string, phone: string) => ({
  name: `Name${mark}`,
  firstName: `First${mark}`,
  lastName: `Last${mark}`,
  email: `Mail${mark}@kith.test`,
  phone,
  company: `Company${mark}`,
  jobTitle: `Job${mark}`,
  website: `https://web${mark}.kith.test/`,
  address: {
    line1: `Line1${mark}`,
    line2: `Line2${mark}`,
    city: `City${mark}`,
    region: `Region${mark}`,
    postalCode: `Code${mark}`,
    country: 'TV',
  },
  timezone: 'Pacific/Funafuti',
  dateOfBirth: '1931-07-29',
  gender: `Gender${mark}`,
  source: `Source${mark}`,
  note: `Note${mark}`,
});
export type Person = ReturnType<typeof person>;

const digitsOf = ({ phone }: Person) => phone.replaceAll(/\D/g, '');

/** What every field of a person says, and a telephone number as the digits it means. */
export function canariesOf(who: Person): string[] {
  const { address, ...fields } = who;
  const { country: _, ...lines } = address;
  return [...Object.values(fields), ...Object.values(lines), digitsOf(who)];
}

/** How a client calls its requests that calls them by whom they are about. */
export const namedAfter = (who: Person, nth = 0) => ({
  'x-request-id': `${who.name}.${digitsOf(who)}`,
  'idempotency-key': `${who.email}/${nth}`,
});

/** How each would read in clear, in lower case, in hex, and in base64 wherever in a longer text it stands. */
const spellings = (canary: string) =>
  [canary, canary.toLowerCase()].flatMap((text) => {
    const bytes = Buffer.from(text);
    const inBase64 = [0, 1, 2].map((shift) => {
      const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      // What shares a character with its neighbours is left out.
      const [first, last] = [Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6)];
      return encoded.slice(first, last);
    });
    return [
      text,
      bytes.toString('hex'),
      ...inBase64,
      ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ];
  });

/** Says which canaries of these people a text holds. */
export function canaryFinder(people: readonly Person[]): (text: string) => string[] {
  const wanted = people.flatMap(canariesOf).map((canary) => [canary, [...new Set(spellings(canary))]] as const);
  return (text) => wanted.flatMap(([canary, forms]) => (forms.some((form) => text.includes(form)) ? [canary] : []));
}
