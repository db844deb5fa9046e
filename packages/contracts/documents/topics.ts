import type { z } from 'zod';

import {
  contactsEvent,
  contactsTopic,
  tokensEvent,
  tokensTopic,
  verificationEvent,
  verificationTopic,
} from '../src/topics/index.ts';
import { contactsExamples, type Example, tokensExamples, verificationExamples } from './examples.ts';
import { type JsonSchema, payloadSchema } from './payload-schema.ts';

export type DocumentedEvent = {
  readonly type: string;
  readonly payload: JsonSchema;
  readonly examples: readonly Example[];
};

export type DocumentedTopic = {
  readonly name: string;
  /** The service that writes it. */
  readonly owner: string;
  readonly description: string;
  /** Its readers check messages with this schema. */
  readonly schema: z.ZodType;
  readonly events: readonly DocumentedEvent[];
};

type Examples = Readonly<Record<string, readonly Example[]>>;
type Option = { readonly shape: { readonly type: { readonly value: string }; readonly data: z.ZodType } };

const documented = (
  { name, schema }: Pick<DocumentedTopic, 'name' | 'schema'>,
  { options }: { readonly options: readonly Option[] },
  examples: Examples,
  about: Pick<DocumentedTopic, 'owner' | 'description'>,
): DocumentedTopic => ({
  name,
  schema,
  ...about,
  events: options.map(({ shape: { type, data } }) => ({
    type: type.value,
    payload: { title: type.value, ...payloadSchema(data) },
    examples: examples[type.value] ?? [],
  })),
});

export const topics: readonly DocumentedTopic[] = [
  documented(contactsTopic, contactsEvent, contactsExamples, {
    owner: 'contacts-service',
    description:
      'Contacts and lists: every version of every contact and of every list. `ce_sequence` counts per `ce_subject`: from 1, by one, and a gap is a loss. What is about a contact has its key, so that its order holds. Holds personal data in clear, for as long as messages are kept.',
  }),
  documented(verificationTopic, verificationEvent, verificationExamples, {
    owner: 'verification-service',
    description:
      'What was found of contacts’ e-mail addresses and phone numbers, without naming them. `ce_sequence` of one `ce_subject` only grows; gaps mean nothing.',
  }),
  documented(tokensTopic, tokensEvent, tokensExamples, {
    owner: 'token-service',
    description:
      'Tokens and what accounts may do; never a secret or its hash. `ce_sequence` of one `ce_subject` only grows; gaps mean nothing.',
  }),
];
