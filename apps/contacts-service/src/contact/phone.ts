import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** The number that a text means (E.164), or null. A text without a leading + means none: no country is guessed. */
export const toE164 = (phone: string | null): string | null =>
  (phone !== null && parsePhoneNumberFromString(phone)?.number) || null;
