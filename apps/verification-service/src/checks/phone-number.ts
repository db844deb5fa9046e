import { ParseError, parsePhoneNumberWithError } from 'libphonenumber-js/max';
import published from 'libphonenumber-js/package.json' with { type: 'json' };

import type { Check, Finding } from './check.ts';

export const phoneNumber: Check = {
  name: 'phone_number',
  asks: 'nobody',
  version: `${published.name}/max ${published.version}`,
  ask(value): Finding {
    try {
      const number = parsePhoneNumberWithError(value);
      if (!number.isPossible()) return IMPOSSIBLE;
      const { country: region } = number;
      const lineType = number.getType()?.toLowerCase();
      const details = { ...(region && { region }), ...(lineType && { lineType }) };
      // T-1: possible is not valid; the reference's own +15551234567 is in no number plan.
      return number.isValid()
        ? { says: 'pass', details }
        : { says: 'settled', status: 'invalid', reason: 'not_a_valid_number', details };
    } catch (error) {
      // A national number may exist in several countries: no country is guessed.
      return isParseError(error) && error.message === 'INVALID_COUNTRY' && !/[+＋]/.test(value)
        ? { says: 'settled', status: 'unknown', reason: 'no_country_code' }
        : IMPOSSIBLE;
    }
  },
};

const IMPOSSIBLE: Finding = { says: 'settled', status: 'invalid', reason: 'not_a_possible_number' };

const isParseError = (error: unknown): error is ParseError => error instanceof ParseError;
