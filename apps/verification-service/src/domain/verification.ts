import { settledStatus, verifiedField, type VerifiedField } from '@kith/contracts/contacts';
import type { Decider } from '@kith/event-store';
import { z } from 'zod';

/** A check that was asked: by which list or metadata it went, and what it found. */
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
/** What was found of the value that a contact's field had at `valueVersion`, and why. Names no one. */
export type Verdict = z.infer<typeof verdict>;

const ofContact = { contactId: z.int(), workspaceId: z.string() };

/** What has been found of a contact's values. The events hold nothing personal: neither the value nor what could be told from it. */
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

export type Verification =
  | { readonly status: 'absent' }
  | (OfContact & { readonly status: 'known'; readonly version: number; readonly verdicts: Verdicts })
  | (OfContact & { readonly status: 'forgotten'; readonly version: number });

export const verification: Decider<Verification, VerificationCommand, VerifiedEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'RecordVerdict': {
        const { type: _, ...data } = command;
        if (state.status === 'forgotten') return [];
        // A check may run twice, and end after the value was written anew and that one was checked: neither is an error.
        const known = state.status === 'known' ? state.verdicts[command.field] : null;
        return known && known.valueVersion >= command.valueVersion ? [] : [{ type: 'StatusVerified', data }];
      }
      case 'ForgetContact': {
        // Of whom nothing was known is forgotten, too: that there is nothing is to be confirmed.
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
