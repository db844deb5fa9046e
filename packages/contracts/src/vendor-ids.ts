import { crc32 } from 'node:zlib';

/** Turns our integers into one vendor's ids and back. Nothing is stored: the text is computed. */
export type VendorId = {
  readonly encode: (id: number) => string;
  /** Undefined for any text that `encode` does not write. */
  readonly decode: (text: string) => number | undefined;
};

/** WA-01: `con_` and Crockford base32, at least six digits as in the vendor's examples. */
export const waplyContactId: VendorId = canonical(
  (id) => `con_${toDigits(BigInt(id), CROCKFORD, 6)}`,
  (text) => (/^con_[0-9A-Z]{6,11}$/.test(text) ? fromDigits(text.slice(4), CROCKFORD) : undefined),
);

/** CT-19: `contact_` and the integer. */
export const consueloContactId: VendorId = canonical(
  (id) => `contact_${id}`,
  (text) => (/^contact_[1-9]\d{0,15}$/.test(text) ? BigInt(text.slice(8)) : undefined),
);

/** The things that LeadConnector names by 20 letters and digits. The id of one kind is none of another. */
export type LeadConnectorKind = 'contact' | 'note' | 'task' | 'appointment' | 'business' | 'customField';

/** LC-02: 20 letters and digits in which no counter shows. A CRC32 of kind and integer refuses what was made up. */
export const leadConnectorId = (kind: LeadConnectorKind): VendorId =>
  canonical(
    (id) => toDigits(scramble((checksum(kind, id) << ID_BITS) | BigInt(id), FACTOR), BASE62, LENGTH),
    (text) =>
      /^[0-9A-Za-z]{20}$/.test(text) ? BigInt.asUintN(53, scramble(fromDigits(text, BASE62), INVERSE)) : undefined,
  );

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const ID_BITS = 53n;
const LENGTH = 20;
const SPACE = 62n ** BigInt(LENGTH);
// Any factor without 2 and 31, the primes of 62, permutes the space; this one is near its golden section, which spreads neighbours best.
const FACTOR = 435_357_619_424_528_667_446_131_367_219_781_735n;
const INVERSE = inverse(FACTOR, SPACE);

const scramble = (value: bigint, factor: bigint): bigint => (value * factor) % SPACE;
const checksum = (kind: LeadConnectorKind, id: number): bigint => BigInt(crc32(`${kind} ${id}`));

/** Accepts a text only if the id it decodes to is written just so. */
function canonical(encode: (id: number) => string, read: (text: string) => bigint | undefined): VendorId {
  return {
    encode,
    decode(text) {
      const id = Number(read(text) ?? 0n);
      return Number.isSafeInteger(id) && id > 0 && encode(id) === text ? id : undefined;
    },
  };
}

function toDigits(value: bigint, alphabet: string, length: number): string {
  const base = BigInt(alphabet.length);
  let digits = '';
  for (let rest = value; rest > 0n; rest /= base) digits = alphabet.charAt(Number(rest % base)) + digits;
  return digits.padStart(length, '0');
}

// A letter that is no digit counts as −1: the result encodes to another text, which `canonical` refuses.
const fromDigits = (digits: string, alphabet: string): bigint =>
  [...digits].reduce((value, digit) => value * BigInt(alphabet.length) + BigInt(alphabet.indexOf(digit)), 0n);

/** The modular inverse, by Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value];
  let [before, coefficient] = [0n, 1n];
  while (current > 1n) {
    const quotient = previous / current;
    [previous, current] = [current, previous % current];
    [before, coefficient] = [coefficient, before - quotient * coefficient];
  }
  return ((coefficient % modulus) + modulus) % modulus;
}
