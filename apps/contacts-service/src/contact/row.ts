import type { Address, VerificationStatus, VerifiedField } from '@kith/contracts/contacts';
import type { Row } from '@kith/event-store';

import type { ActiveContact, Contact } from './contact.ts';

/** `contacts` as pg reads it: a bigint is text. */
export type ContactRow = {
  readonly id: string;
  readonly workspace_id: string;
  readonly version: number;
  readonly name: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly email: string | null;
  readonly email_status: VerificationStatus | null;
  readonly email_version: number | null;
  readonly phone: string | null;
  readonly phone_e164: string | null;
  readonly phone_status: VerificationStatus | null;
  readonly phone_version: number | null;
  readonly company: string | null;
  readonly job_title: string | null;
  readonly website: string | null;
  readonly address: Address | null;
  readonly timezone: string | null;
  readonly date_of_birth: string | null;
  readonly gender: string | null;
  readonly source: string | null;
  readonly note: string | null;
  readonly lists: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Keeps `contacts`, the whole state of each contact. */
export const contactRow: Row<Contact> = {
  table: 'contacts',
  idType: 'bigint',
  columns: [
    'id',
    'workspace_id',
    'version',
    'name',
    'first_name',
    'last_name',
    'email',
    'email_status',
    'email_version',
    'phone',
    'phone_e164',
    'phone_status',
    'phone_version',
    'company',
    'job_title',
    'website',
    'address',
    'timezone',
    'date_of_birth',
    'gender',
    'source',
    'note',
    'lists',
    'created_at',
    'updated_at',
  ],

  toRow(state) {
    if (state.status !== 'active') return null;
    const { id, workspaceId, version, profile, phoneE164, checks, lists, createdAt, updatedAt } = state;
    return {
      id,
      workspace_id: workspaceId,
      version,
      name: profile.name,
      first_name: profile.firstName,
      last_name: profile.lastName,
      email: profile.email,
      email_status: checks.email?.status ?? null,
      email_version: checks.email?.version ?? null,
      phone: profile.phone,
      phone_e164: phoneE164,
      phone_status: checks.phone?.status ?? null,
      phone_version: checks.phone?.version ?? null,
      company: profile.company,
      job_title: profile.jobTitle,
      website: profile.website,
      address: profile.address,
      timezone: profile.timezone,
      date_of_birth: profile.dateOfBirth,
      gender: profile.gender,
      source: profile.source,
      note: profile.note,
      lists,
      created_at: createdAt,
      updated_at: updatedAt,
    };
  },

  fromRow: contactOf,
};

/** A row as the state it is. */
export function contactOf(row: ContactRow): ActiveContact {
  return {
    status: 'active',
    id: Number(row.id),
    workspaceId: row.workspace_id,
    version: row.version,
    profile: {
      name: row.name,
      firstName: row.first_name,
      lastName: row.last_name,
      email: row.email,
      phone: row.phone,
      company: row.company,
      jobTitle: row.job_title,
      website: row.website,
      address: row.address,
      timezone: row.timezone,
      dateOfBirth: row.date_of_birth,
      gender: row.gender,
      source: row.source,
      note: row.note,
    },
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
