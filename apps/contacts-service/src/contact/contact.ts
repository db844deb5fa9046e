import { Problem } from '@kith/contracts';
import {
  type Address,
  type PartialProfile,
  profile,
  type Profile,
  verificationStatus,
  type VerificationStatus,
  verifiedField,
  type VerifiedField,
} from '@kith/contracts/contacts';
import type { Decider, Recorded } from '@kith/event-store';
import { z } from 'zod';

import { withName } from './name.ts';
import { storedPhoneE164, storedProfile, wholeProfile, writtenValues } from './stored.ts';
import { existing, type Within } from '../existing.ts';

const workspace = { workspaceId: z.string() };

export const contactEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ContactCreated'),
    data: z.object({ ...workspace, id: z.int(), lists: z.array(z.int()) }),
    personal: storedProfile.extend({ phoneE164: storedPhoneE164 }),
  }),
  z.object({
    type: z.literal('ContactChanged'),
    data: z.object(workspace),
    // Only what changed. What it was before is told too: a subscriber need not have kept it, and a change can be undone.
    personal: z.object({ old: storedProfile, new: storedProfile.extend({ phoneE164: storedPhoneE164 }) }),
  }),
  z.object({
    type: z.literal('ContactStatusChanged'),
    data: z.object({
      ...workspace,
      field: verifiedField,
      status: verificationStatus,
      previousStatus: verificationStatus,
      valueVersion: z.int(),
      reasons: z.array(z.string()),
    }),
  }),
  z.object({ type: z.literal('ContactListed'), data: z.object({ ...workspace, listId: z.int() }) }),
  z.object({ type: z.literal('ContactUnlisted'), data: z.object({ ...workspace, listId: z.int() }) }),
  z.object({ type: z.literal('ContactErased'), data: z.object(workspace) }),
]);
export type ContactEvent = z.infer<typeof contactEvent>;

export type ContactCommand =
  | {
      type: 'CreateContact';
      id: number;
      workspaceId: string;
      profile: Profile;
      phoneE164: string | null;
      lists: readonly number[];
    }
  /** `phoneE164` says what `changes.phone` means, where there is one. */
  | ({ type: 'ChangeContact'; changes: PartialProfile; phoneE164: string | null } & Within)
  | ({ type: 'PutInList'; listId: number } & Within)
  | ({ type: 'TakeFromList'; listId: number } & Within)
  | ({ type: 'EraseContact' } & Within)
  /** After a restore: others have seen versions up to this one, which are lost. */
  | ({ type: 'TellAnew'; seen: number } & Within)
  | {
      type: 'RecordVerdict';
      field: VerifiedField;
      valueVersion: number;
      status: VerificationStatus;
      reasons: readonly string[];
    };

/** A value that is checked: `version` is the stream's at which it was set. */
type Check = { readonly status: VerificationStatus; readonly version: number };

export type ActiveContact = {
  readonly status: 'active';
  readonly id: number;
  readonly workspaceId: string;
  readonly version: number;
  readonly profile: Profile;
  readonly phoneE164: string | null;
  readonly checks: { readonly [field in VerifiedField]: Check | null };
  readonly lists: readonly number[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** An erased one leaves no row: it is read back as absent, and its stream is closed all the same. */
export type ContactState = { readonly status: 'absent' } | { readonly status: 'erased' } | ActiveContact;

export const contact: Decider<ContactState, ContactCommand, ContactEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'CreateContact': {
        if (state.status !== 'absent') throw new Problem('conflict', 'This contact exists already.');
        const { id, workspaceId, lists } = command;
        const personal = { ...command.profile, ...withName(command.profile), phoneE164: command.phoneE164 };
        return [{ type: 'ContactCreated', data: { id, workspaceId, lists: [...lists] }, personal }];
      }
      case 'ChangeContact': {
        const { profile: known, workspaceId } = existing(state, command, 'contact');
        const changes = { ...command.changes, ...withName(command.changes, known) };
        const changed = fieldsOf(changes).filter((field) => !same(changes[field], known[field]));
        if (changed.length === 0) return [];
        const after = { ...pick(changes, changed), ...(changed.includes('phone') && { phoneE164: command.phoneE164 }) };
        return [{ type: 'ContactChanged', data: { workspaceId }, personal: { old: pick(known, changed), new: after } }];
      }
      case 'PutInList': {
        const { lists, workspaceId } = existing(state, command, 'contact');
        const { listId } = command;
        return lists.includes(listId) ? [] : [{ type: 'ContactListed', data: { workspaceId, listId } }];
      }
      case 'TakeFromList': {
        const { lists, workspaceId } = existing(state, command, 'contact');
        const { listId } = command;
        return lists.includes(listId) ? [{ type: 'ContactUnlisted', data: { workspaceId, listId } }] : [];
      }
      case 'EraseContact': {
        const { workspaceId } = existing(state, command, 'contact');
        return [{ type: 'ContactErased', data: { workspaceId } }];
      }
      case 'TellAnew': {
        const { version, profile: whole, phoneE164, workspaceId } = existing(state, command, 'contact');
        // Whoever has seen a version takes another with its number for a copy, and a gap would make them ask for what is in it.
        const passed = Math.max(command.seen - version, 0);
        if (passed === 0) return [];
        const change = (old: PartialProfile, after: typeof old & { phoneE164?: string | null }) =>
          ({ type: 'ContactChanged', data: { workspaceId }, personal: { old, new: after } }) as const;
        return [...Array.from({ length: passed }, () => change({}, {})), change(whole, { ...whole, phoneE164 })];
      }
      case 'RecordVerdict': {
        // Verdicts come late and more than once: one for a value since written anew, or already known, is no error (T-14).
        const { field, valueVersion, status, reasons } = command;
        const check = state.status === 'active' ? state.checks[field] : null;
        if (state.status !== 'active' || check?.version !== valueVersion || check.status === status) return [];
        const { workspaceId } = state;
        const data = {
          workspaceId,
          field,
          status,
          previousStatus: check.status,
          valueVersion,
          reasons: [...reasons],
        };
        return [{ type: 'ContactStatusChanged', data }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'ContactCreated': {
        const { phoneE164: meaning = null, ...written } = event.personal;
        const values = wholeProfile(written);
        const { version, recordedAt } = event;
        return {
          status: 'active',
          ...event.data,
          version,
          profile: values,
          phoneE164: meaning,
          checks: { email: pending(values.email, version), phone: pending(values.phone, version) },
          createdAt: recordedAt,
          updatedAt: recordedAt,
        };
      }
      case 'ContactChanged': {
        if (state.status !== 'active') return state;
        const { phoneE164: meaning, ...written } = event.personal.new;
        return {
          ...touched(state, event),
          profile: { ...state.profile, ...writtenValues(written) },
          phoneE164: meaning === undefined ? state.phoneE164 : meaning,
          // WD-43: a new value is unchecked; the other's verdict stands.
          checks: {
            email: written.email === undefined ? state.checks.email : pending(written.email, event.version),
            phone: written.phone === undefined ? state.checks.phone : pending(written.phone, event.version),
          },
        };
      }
      case 'ContactStatusChanged': {
        if (state.status !== 'active') return state;
        const { field, status, valueVersion } = event.data;
        return {
          ...touched(state, event),
          checks: { ...state.checks, [field]: { status, version: valueVersion } },
        };
      }
      case 'ContactListed':
        if (state.status !== 'active') return state;
        return { ...touched(state, event), lists: [...state.lists, event.data.listId] };
      case 'ContactUnlisted': {
        if (state.status !== 'active') return state;
        const { listId } = event.data;
        return { ...touched(state, event), lists: state.lists.filter((list) => list !== listId) };
      }
      case 'ContactErased':
        return { status: 'erased' };
    }
  },
};

const pending = (value: string | null, version: number): Check | null =>
  value === null ? null : { status: 'pending', version };

const touched = (state: ActiveContact, { version, recordedAt }: Recorded<ContactEvent>): ActiveContact => ({
  ...state,
  version,
  updatedAt: recordedAt,
});

type Field = keyof Profile;

const fieldsOf = (changes: PartialProfile): Field[] =>
  profile.keyof().options.filter((field) => changes[field] !== undefined);

const pick = (from: PartialProfile, fields: readonly Field[]): PartialProfile =>
  Object.fromEntries(fields.map((field) => [field, from[field]]));

/** An address is an object, whose members Postgres puts in another order than a client; the other values are text or null. */
const same = (a: Profile[Field] | undefined, b: Profile[Field]): boolean =>
  a === b || (isAddress(a) && isAddress(b) && addressMembers.every((member) => a[member] === b[member]));

const isAddress = (value: Profile[Field] | undefined): value is Address => typeof value === 'object' && value !== null;
const addressMembers = [
  'line1',
  'line2',
  'city',
  'region',
  'postalCode',
  'country',
] as const satisfies (keyof Address)[];

/** The lists a contact is in. */
export const listsOf = (state: ContactState): readonly number[] => (state.status === 'active' ? state.lists : []);
