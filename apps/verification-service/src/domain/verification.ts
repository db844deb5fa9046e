import { settledStatus, verifiedField, type VerifiedField } from '@kith/contracts/contacts';
import type { Decider } from '@kith/event-store';
import { z } from 'zod';

/** A check that was made: the version of the list or metadata that it used, and its finding. */
const evidence = z.object({
  check: z.string(),
  version: z.string().exactOptional(),
  says: z.string(),
  details: z.record(z.string(), z.string()).exactOptional(),
});

const verdict = z.object({
  valueVersion: z.int(),
  status: settledStatus,
  reasons: z.array(z.string()),
  evidence: z.array(evidence),
  checkedAt: z.string(),
});
/** The finding on the value that a contact's field had at `valueVersion`, with its reasons. It names no one. */
export type Verdict = z.infer<typeof verdict>;

const ofContact = { contactId: z.int(), workspaceId: z.string() };

/** The findings on a contact's values. The events hold nothing personal: neither the value nor anything it can be inferred from. */
export const verifiedEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('StatusVerified'),
    data: verdict.extend({ ...ofContact, field: verifiedField }),
  }),
  z.object({ type: z.literal('ContactForgotten'), data: z.object(ofContact) }),
]);
export type VerifiedEvent = z.infer<typeof verifiedEvent>;

type OfContact = { readonly contactId: number; readonly workspaceId: string };

export type VerificationCommand =
  | (Verdict & OfContact & { readonly type: 'RecordVerdict'; readonly field: VerifiedField })
  | (OfContact & { readonly type: 'ForgetContact' });

type Verdicts = { readonly [field in VerifiedField]: Verdict | null };

export type VerificationState =
  | { readonly status: 'absent' }
  | (OfContact & { readonly status: 'known'; readonly version: number; readonly verdicts: Verdicts })
  | (OfContact & { readonly status: 'forgotten'; readonly version: number });

export const verification: Decider<VerificationState, VerificationCommand, VerifiedEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'RecordVerdict': {
        const { type: _, ...data } = command;
        if (state.status === 'forgotten') return [];
        // A check may run twice, and it may end after the check of a newer value: neither is an error.
        const known = state.status === 'known' ? state.verdicts[command.field] : null;
        return known && known.valueVersion >= command.valueVersion ? [] : [{ type: 'StatusVerified', data }];
      }
      case 'ForgetContact': {
        // An unknown contact is marked forgotten too: the erasure ledger waits for a confirmation.
        const { contactId, workspaceId } = command;
        return state.status === 'forgotten' ? [] : [{ type: 'ContactForgotten', data: { contactId, workspaceId } }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'StatusVerified': {
        const { contactId, workspaceId, field, ...found } = event.data;
        const before = state.status === 'known' ? state.verdicts : { email: null, phone: null };
        return {
          status: 'known',
          contactId,
          workspaceId,
          version: event.version,
          verdicts: { ...before, [field]: found },
        };
      }
      case 'ContactForgotten':
        return { status: 'forgotten', ...event.data, version: event.version };
    }
  },
};
