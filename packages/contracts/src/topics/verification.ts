import { z } from 'zod';

import { settledStatus, verifiedField } from '../contacts/status.ts';
import { timestamp } from '../values.ts';
import { ofContact, shell } from './shell.ts';
import type { Topic } from './topic.ts';

export const verificationEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('StatusVerified'),
    data: z.union([
      z.object({
        ...ofContact,
        field: verifiedField,
        valueVersion: z.int().positive(),
        status: settledStatus,
        reasons: z.array(z.string()),
        checkedAt: timestamp,
      }),
      shell,
    ]),
  }),
  /** Everything known here of an erased contact is gone, and nothing will be stored of it again. */
  z.object({ type: z.literal('SubjectErasureConfirmed'), data: z.object(ofContact) }),
]);
export type VerificationEvent = z.infer<typeof verificationEvent>;

export const verificationTopic: Topic<VerificationEvent> = {
  name: 'verification.v1',
  schema: verificationEvent,
  types: verificationEvent.options.map(({ shape }) => shape.type.value),
};
