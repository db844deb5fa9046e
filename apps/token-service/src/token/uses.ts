import type { Pool } from 'pg';

export const tokenUses = (pool: Pool) => ({
  /** Notes that a token was used just now. Of several uses at once, or within a minute, the first counts. */
  async noteUse(tokenId: string): Promise<void> {
    await pool.query({
      name: 'note-token-use',
      text: `insert into token_uses (token_id, used_at) values ($1, now())
             on conflict (token_id) do update set used_at = excluded.used_at
              where token_uses.used_at < excluded.used_at - interval '1 minute'`,
      values: [tokenId],
    });
  },
});
