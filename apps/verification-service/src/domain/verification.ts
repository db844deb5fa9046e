import { timestamp, verificationEvent, verifiedField, type VerifiedField } from '@kith/contracts';
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
  status: verificationEvent.options[0].shape.data.shape.status,
  reasons: z.array(z.string()),
  evidence: z.array(evidence),
  checkedAt: timestamp,
});
/** What was found of the value that a contact's field had at `valueVersion`, and why. Names no one. */
export type Verdict = z.infer<typeof verdict>;

/** What has been found of a contact's values. The events hold nothing personal: neither the value nor what could be told from it. */
export const verifiedEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('StatusVerified'),
    data: verdict.extend({ contactId: z.int(), workspaceId: z.string(), field: verifiedField }),
  }),
]);
export type VerifiedEvent = z.infer<typeof verifiedEvent>;

export type VerificationCommand = Verdict & {
  readonly type: 'RecordVerdict';
  readonly contactId: number;
  readonly workspaceId: string;
  readonly field: VerifiedField;
};

export type KnownVerification = {
  readonly status: 'known';
  readonly contactId: number;
  readonly workspaceId: string;
  readonly version: number;
  readonly verdicts: { readonly [field in VerifiedField]: Verdict | null };
};
export type Verification = { readonly status: 'absent' } | KnownVerification;

export const verification: Decider<Verification, VerificationCommand, VerifiedEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'RecordVerdict': {
        const { type: _, ...data } = command;
        // A check may run twice, and end after the value was written anew and that one was checked: neither is an error.
        const known = state.status === 'known' ? state.verdicts[command.field] : null;
        return known && known.valueVersion >= command.valueVersion ? [] : [{ type: 'StatusVerified', data }];
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
    }
  },
};
