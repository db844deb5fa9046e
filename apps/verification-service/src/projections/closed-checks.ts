import { verifiedField } from '@kith/contracts/contacts';
import type { Projection } from '@kith/event-store';

import type { VerificationState } from '../domain/verification.ts';

/** Takes what is still to be checked of a forgotten contact out of `open_checks`: with it goes the last trace of its values. */
export const forgottenChecks: Projection<VerificationState> = (changes) => {
  const forgotten = changes.filter(({ after }) => after.status === 'forgotten').map(({ id }) => id);
  if (forgotten.length === 0) return undefined;
  return { text: `delete from open_checks where contact_id = any($1::bigint[])`, values: [forgotten] };
};

/** Takes a check out of `open_checks` when its verdict is stored. One for a value written since stays: that is still to be checked. */
export const closedChecks: Projection<VerificationState> = (changes) => {
  const closed = changes.flatMap(({ id, after }) =>
    verifiedField.options.flatMap((field) => {
      const verdict = after.status === 'known' ? after.verdicts[field] : null;
      return verdict ? [{ id, field, version: verdict.valueVersion }] : [];
    }),
  );
  if (closed.length === 0) return undefined;
  return {
    text: `delete from open_checks o using unnest($1::bigint[], $2::text[], $3::int[]) as c (contact_id, field, version)
            where (o.contact_id, o.field) = (c.contact_id, c.field) and o.value_version <= c.version`,
    values: [closed.map(({ id }) => id), closed.map(({ field }) => field), closed.map(({ version }) => version)],
  };
};
