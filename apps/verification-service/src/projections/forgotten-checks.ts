import type { Projection } from '@kith/event-store';

import type { Verification } from '../domain/verification.ts';

/** Takes what is still to be checked of a forgotten contact out of `open_checks`: with it goes the last trace of its values. */
export const forgottenChecks: Projection<Verification> = (changes) => {
  const forgotten = changes.filter(({ after }) => after.status === 'forgotten').map(({ id }) => id);
  if (forgotten.length === 0) return undefined;
  return { text: `delete from open_checks where contact_id = any($1::bigint[])`, values: [forgotten] };
};
