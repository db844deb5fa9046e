import type { KnownContact } from '@kith/contracts/contacts';
import type { Pool } from 'pg';

import { CLOSE_CONFIRMED, CONFIRMING_SERVICES } from '../erasure/ledger.ts';

export type StoredContact = {
  readonly id: number;
  readonly workspaceId: string;
  readonly version: number;
  readonly createdAt: Date;
};

export type Erased = KnownContact & { readonly erasedAt: string };

/** Serves the repair after a restore. */
export const knownContactQueries = (pool: Pool) => ({
  /** The contacts among these that exist. */
  async stored(contactIds: readonly number[]): Promise<ReadonlyMap<number, StoredContact>> {
    const { rows } = await pool.query<StoredContact & { id: string }>(
      `select id, workspace_id as "workspaceId", version, created_at as "createdAt" from contacts where id = any($1::bigint[])`,
      [contactIds],
    );
    return new Map(rows.map((row) => [Number(row.id), { ...row, id: Number(row.id) }]));
  },

  /** Enters erasures that others know in the ledger, with their original time. */
  async recordErasures(erased: readonly Erased[]): Promise<void> {
    if (erased.length === 0) return;
    await pool.query(
      `insert into erasures as e (contact_id, workspace_id, erased_at)
       select * from unnest($1::bigint[], $2::text[], $3::timestamptz[])
           on conflict (contact_id) do update
          set erased_at = least(e.erased_at, excluded.erased_at)`,
      [
        erased.map(({ contactId }) => contactId),
        erased.map(({ workspaceId }) => workspaceId),
        erased.map(({ erasedAt }) => erasedAt),
      ],
    );
    const known = erased.flatMap(({ contactId, confirmations = {} }) =>
      [...new Set([...CONFIRMING_SERVICES, ...Object.keys(confirmations)])].map((service) => ({
        contactId,
        service,
        confirmedAt: confirmations[service] ?? null,
      })),
    );
    await pool.query(
      `insert into erasure_confirmations as c (contact_id, service, confirmed_at)
       select * from unnest($1::bigint[], $2::text[], $3::timestamptz[])
           on conflict (contact_id, service) do update set confirmed_at = coalesce(c.confirmed_at, excluded.confirmed_at)`,
      [
        known.map(({ contactId }) => contactId),
        known.map(({ service }) => service),
        known.map(({ confirmedAt }) => confirmedAt),
      ],
    );
    await pool.query(CLOSE_CONFIRMED, [erased.map(({ contactId }) => contactId)]);
  },

  /** The next entries of the ledger, by number. A number that was given away again after a restore has none. */
  async ledger(after: number, limit: number): Promise<Erased[]> {
    const { rows } = await pool.query<{
      id: string;
      workspaceId: string;
      erasedAt: Date;
      confirmations: Record<string, string> | null;
    }>(
      `select contact_id as id, workspace_id as "workspaceId", erased_at as "erasedAt",
              (select json_object_agg(service, to_char(confirmed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
                 from erasure_confirmations c where c.contact_id = e.contact_id and confirmed_at is not null) as confirmations
         from erasures e
        where contact_id > $1 and not exists (select from contacts c where c.id = e.contact_id)
        order by contact_id limit $2`,
      [after, limit],
    );
    return rows.map(({ id, workspaceId, erasedAt, confirmations }) => ({
      contactId: Number(id),
      workspaceId,
      erasedAt: erasedAt.toISOString(),
      ...(confirmations && { confirmations }),
    }));
  },
});
