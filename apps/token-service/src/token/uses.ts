import type { Pool } from 'pg';

/** Notes that a token was used just now; of several at once, and within a minute of the last, the first. */
export const tokenUses = (pool: Pool) => ({
  async note(tokenId: string): Promise<void> {
    await pool.query({
      name: 'note-token-use',
      text: `insert into token_uses (token_id, used_at) values ($1, now())
             on conflict (token_id) do update set used_at = excluded.used_at
              where token_uses.used_at < excluded.used_at - interval '1 minute'`,
      values: [tokenId],
    });
  },
});
