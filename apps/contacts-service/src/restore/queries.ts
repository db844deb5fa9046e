import type { KnownContact } from '@kith/contracts/contacts';
import type { Pool } from 'pg';

export type StoredContact = {
  readonly id: number;
  readonly workspaceId: string;
  readonly version: number;
  readonly createdAt: Date;
};

export type Erased = KnownContact & { readonly erasedAt: string };

/** What the repair after a restore asks. */
export const knownContactQueries = (pool: Pool) => ({
  /** Those of these contacts that exist. */
  async stored(contactIds: readonly number[]): Promise<ReadonlyMap<number, StoredContact>> {
    const { rows } = await pool.query<StoredContact & { id: string }>(
      `select id, workspace_id as "workspaceId", version, created_at as "createdAt" from contacts where id = any($1::bigint[])`,
      [contactIds],
    );
    return new Map(rows.map((row) => [Number(row.id), { ...row, id: Number(row.id) }]));
  },

  /** Enters erasures that others know of in the ledger, at the time when they were made. */
  async recordErasures(erased: readonly Erased[]): Promise<void> {
    if (erased.length === 0) return;
    await pool.query(
      `insert into erasures as e (contact_id, workspace_id, erased_at, services_confirmed_at)
       select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[])
           on conflict (contact_id) do update
          set erased_at = least(e.erased_at, excluded.erased_at),
              services_confirmed_at = coalesce(e.services_confirmed_at, excluded.services_confirmed_at)`,
      [
        erased.map(({ contactId }) => contactId),
        erased.map(({ workspaceId }) => workspaceId),
        erased.map(({ erasedAt }) => erasedAt),
        erased.map(({ confirmedAt }) => confirmedAt ?? null),
      ],
    );
  },

  /** The next entries of the ledger, by number; none of a number that was given away again after a restore. */
  async ledger(after: number, limit: number): Promise<Erased[]> {
    const { rows } = await pool.query<{ id: string; workspaceId: string; erasedAt: Date; confirmedAt: Date | null }>(
      `select contact_id as id, workspace_id as "workspaceId", erased_at as "erasedAt",
              services_confirmed_at as "confirmedAt"
         from erasures e
        where contact_id > $1 and not exists (select from contacts c where c.id = e.contact_id)
        order by contact_id limit $2`,
      [after, limit],
    );
    return rows.map(({ id, workspaceId, erasedAt, confirmedAt }) => ({
      contactId: Number(id),
      workspaceId,
      erasedAt: erasedAt.toISOString(),
      ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
    }));
  },
});
