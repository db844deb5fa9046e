import { z } from 'zod';

import { settledStatus, toldContact, toldProfile, verificationStatus, verifiedField } from './contacts.ts';
import { dialectName, scope } from './principal.ts';
import { planName, toldLimits } from './tokens.ts';
import { accountId, numericId, text, timestamp, tokenId, workspaceId } from './values.ts';

/** What a topic carries: `type` is the header `ce_type`, `data` the message's value. */
export type Topic<Event extends { type: string }> = {
  /** Its name after the installation's prefix: `contacts.v1` of `kith.contacts.v1`. */
  readonly name: string;
  readonly schema: z.ZodType<Event>;
  readonly types: readonly Event['type'][];
};

const ofContact = { contactId: numericId, workspaceId };
const ofList = { listId: numericId, workspaceId };

/**
 * The stream version at which this event set the e-mail address and the phone number; null where it set none. A verdict
 * quotes it, so that an answer for an earlier value is recognised even if the same text was written again.
 */
const valueVersions = z.object({ email: z.int().positive().nullable(), phone: z.int().positive().nullable() });

/**
 * What remains to be told of an event whose person was erased before it was published, or that cannot be published as it is: ids only. The
 * sequence stays whole.
 */
const shell = z.strictObject(ofContact);
const listShell = z.strictObject(ofList);

export const contactsEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ContactCreated'),
    data: z.union([z.object({ ...ofContact, contact: toldContact, valueVersions }), shell]),
  }),
  z.object({
    type: z.literal('ContactChanged'),
    data: z.union([
      z.object({
        ...ofContact,
        /** Only what changed. */
        changes: z.object({ old: toldProfile, new: toldProfile }),
        oldVersion: z.int().positive(),
        newVersion: z.int().positive(),
        valueVersions,
      }),
      shell,
    ]),
  }),
  z.object({
    type: z.literal('ContactStatusChanged'),
    data: z.union([
      z.object({
        ...ofContact,
        field: verifiedField,
        status: verificationStatus,
        previousStatus: verificationStatus,
        valueVersion: z.int().positive(),
        reasons: z.array(z.string()),
      }),
      shell,
    ]),
  }),
  z.object({ type: z.literal('ContactListed'), data: z.object({ ...ofContact, listId: numericId }) }),
  z.object({ type: z.literal('ContactUnlisted'), data: z.object({ ...ofContact, listId: numericId }) }),
  z.object({ type: z.literal('ContactErased'), data: z.object(ofContact) }),
  z.object({
    type: z.literal('ContactListCreated'),
    data: z.union([z.object({ ...ofList, name: text(1, 100) }), listShell]),
  }),
  z.object({
    type: z.literal('ContactListRenamed'),
    data: z.union([z.object({ ...ofList, name: text(1, 100), oldName: text(1, 100) }), listShell]),
  }),
  z.object({ type: z.literal('ContactListDeleted'), data: z.object(ofList) }),
]);
export type ContactsEvent = z.infer<typeof contactsEvent>;

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
  /** All that was known here of an erased contact is gone, and nothing will be known of it again. */
  z.object({ type: z.literal('SubjectErasureConfirmed'), data: z.object(ofContact) }),
]);
export type VerificationEvent = z.infer<typeof verificationEvent>;

export const tokensEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('TokenCreated'),
    data: z.union([
      z.object({
        tokenId,
        workspaceId,
        dialect: dialectName,
        scopes: z.array(scope),
        expiresAt: timestamp.nullable(),
      }),
      z.strictObject({ tokenId, workspaceId }),
    ]),
  }),
  z.object({ type: z.literal('TokenRevoked'), data: z.object({ tokenId, workspaceId }) }),
  z.object({
    type: z.literal('AccountPlanChanged'),
    data: z.union([
      z.object({ accountId, plan: planName, limits: toldLimits, apiAccess: z.array(dialectName) }),
      z.strictObject({ accountId }),
    ]),
  }),
]);
export type TokensEvent = z.infer<typeof tokensEvent>;

export const contactsTopic: Topic<ContactsEvent> = {
  name: 'contacts.v1',
  schema: contactsEvent,
  types: contactsEvent.options.map(({ shape }) => shape.type.value),
};
export const verificationTopic: Topic<VerificationEvent> = {
  name: 'verification.v1',
  schema: verificationEvent,
  types: verificationEvent.options.map(({ shape }) => shape.type.value),
};
export const tokensTopic: Topic<TokensEvent> = {
  name: 'tokens.v1',
  schema: tokensEvent,
  types: tokensEvent.options.map(({ shape }) => shape.type.value),
};

/** An event as its owner answers it over HTTP to a consumer that missed it on the topic. */
export const publishedContactsEvent = z.object({
  id: z.uuid(),
  sequence: z.int().positive(),
  time: timestamp,
  event: contactsEvent,
});
export type PublishedContactsEvent = z.infer<typeof publishedContactsEvent>;
