/** A person whose every field is recognisable. `mark` tells one such person from another. */
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

/** The values of a person's fields, and the phone number as plain digits. */
export function canariesOf(who: Person): string[] {
  const { address, ...fields } = who;
  const { country: _, ...lines } = address;
  return [...Object.values(fields), ...Object.values(lines), digitsOf(who)];
}

/** Request ids and idempotency keys of a client that names its requests after the person they concern. */
export const namedAfter = (who: Person, nth = 0) => ({
  'x-request-id': `${who.name}.${digitsOf(who)}`,
  'idempotency-key': `${who.email}/${nth}`,
});

/** The forms to search for: in clear, in lower case, in hex, and in base64 at every offset within a longer text. */
const spellings = (canary: string) =>
  [canary, canary.toLowerCase()].flatMap((text) => {
    const bytes = Buffer.from(text);
    const inBase64 = [0, 1, 2].map((shift) => {
      const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      // Characters that also depend on the neighbouring bytes are left out.
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

/** Returns the canaries of these people that a text contains. */
export function canaryFinder(people: readonly Person[]): (text: string) => string[] {
  const wanted = people.flatMap(canariesOf).map((canary) => [canary, [...new Set(spellings(canary))]] as const);
  return (text) => wanted.flatMap(([canary, forms]) => (forms.some((form) => text.includes(form)) ? [canary] : []));
}
