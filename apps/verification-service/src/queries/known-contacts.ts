import type { KnownContact } from '@kith/contracts/contacts';
import type { Pool } from 'pg';

/** Reads the contacts that this service knows, in pages by number, for the repair after a restore of contacts-service. */
export const knownContactQueries = (pool: Pool) => ({
  /** The contacts that this service has forgotten. */
  async forgotten(after: number, limit: number): Promise<KnownContact[]> {
    const { rows } = await pool.query<{ id: string; workspaceId: string; at: Date }>(
      `select v.id, v.workspace_id as "workspaceId", e.recorded_at as at
         from verdicts v join events e on e.stream = 'contact-' || v.id and e.version = v.version
        where v.forgotten and v.id > $1
        order by v.id limit $2`,
      [after, limit],
    );
    return rows.map(({ id, workspaceId, at }) => {
      const erasedAt = at.toISOString();
      return { contactId: Number(id), workspaceId, erasedAt, confirmations: { 'verification-service': erasedAt } };
    });
  },

  /** The last version that is applied of each contact. */
  async applied(after: number, limit: number): Promise<KnownContact[]> {
    const { rows } = await pool.query<{ id: string; workspaceId: string; version: number }>(
      `select contact_id as id, workspace_id as "workspaceId", applied_version as version
         from applied_versions where contact_id > $1 order by contact_id limit $2`,
      [after, limit],
    );
    return rows.map(({ id, workspaceId, version }) => ({ contactId: Number(id), workspaceId, version }));
  },
});
