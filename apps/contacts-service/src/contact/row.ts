import type { Profile, VerificationStatus, VerifiedField } from '@kith/contracts/contacts';
import type { Row } from '@kith/event-store';

import type { ActiveContact, ContactState } from './contact.ts';

/** The column of each field: a new field takes one line here. */
const PROFILE = {
  name: 'name',
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
  phone: 'phone',
  company: 'company',
  jobTitle: 'job_title',
  website: 'website',
  address: 'address',
  timezone: 'timezone',
  dateOfBirth: 'date_of_birth',
  gender: 'gender',
  source: 'source',
  note: 'note',
} as const satisfies Record<keyof Profile, string>;

/** A row of `contacts` as pg reads it: a bigint is text. */
export type ContactRow = { readonly [Field in keyof Profile as (typeof PROFILE)[Field]]: Profile[Field] } & {
  readonly [Field in VerifiedField as `${Field}_status`]: VerificationStatus | null;
} & { readonly [Field in VerifiedField as `${Field}_version`]: number | null } & {
  readonly id: string;
  readonly workspace_id: string;
  readonly version: number;
  readonly phone_e164: string | null;
  readonly lists: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
};

const FIELDS = Object.entries(PROFILE) as [keyof Profile, keyof ContactRow][];
const CHECKS = ['email_status', 'email_version', 'phone_status', 'phone_version'] as const;

/** Keeps `contacts`, the whole state of each contact. */
export const contactRow: Row<ContactState> = {
  table: 'contacts',
  idType: 'bigint',
  columns: [
    'id',
    'workspace_id',
    'version',
    ...Object.values(PROFILE),
    'phone_e164',
    ...CHECKS,
    'lists',
    'created_at',
    'updated_at',
  ],

  toRow(state) {
    if (state.status !== 'active') return null;
    const { id, workspaceId, version, profile, phoneE164, checks, lists, createdAt, updatedAt } = state;
    return {
      ...Object.fromEntries(FIELDS.map(([field, column]) => [column, profile[field]])),
      id,
      workspace_id: workspaceId,
      version,
      phone_e164: phoneE164,
      email_status: checks.email?.status ?? null,
      email_version: checks.email?.version ?? null,
      phone_status: checks.phone?.status ?? null,
      phone_version: checks.phone?.version ?? null,
      lists,
      created_at: createdAt,
      updated_at: updatedAt,
    };
  },

  fromRow: contactOf,
};

/** The state that a row holds. */
export function contactOf(row: ContactRow): ActiveContact {
  return {
    status: 'active',
    id: Number(row.id),
    workspaceId: row.workspace_id,
    version: row.version,
    profile: Object.fromEntries(FIELDS.map(([field, column]) => [field, row[column]])) as Profile,
    phoneE164: row.phone_e164,
    checks: { email: checkOf(row, 'email'), phone: checkOf(row, 'phone') },
    lists: row.lists.map(Number),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function checkOf(row: ContactRow, field: VerifiedField) {
  const [status, version] = [row[`${field}_status`], row[`${field}_version`]];
  return status === null || version === null ? null : { status, version };
}
