import { verifiedField } from '@kith/contracts/contacts';
import type { Projection } from '@kith/event-store';

import type { VerificationState } from '../domain/verification.ts';

/** Deletes the open checks of a forgotten contact, and with them the last trace of its values. */
export const forgottenChecks: Projection<VerificationState> = (changes) => {
  const forgotten = changes.filter(({ after }) => after.status === 'forgotten').map(({ id }) => id);
  if (forgotten.length === 0) return undefined;
  return { text: `delete from open_checks where contact_id = any($1::bigint[])`, values: [forgotten] };
};

/** Deletes a check from `open_checks` when its verdict is stored. A check of a newer value stays. */
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
