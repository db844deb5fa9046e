import { type Page, type PageQuery, Problem, tokenId } from '@kith/contracts';
import type { PlanName, Token, TokenInfo } from '@kith/contracts/tokens';
import { type Collection, moment, pageOf } from '@kith/event-store';
import type { Pool } from 'pg';
import { z } from 'zod';

import { effectiveTerms, type Overrides, type Terms } from '../plan/terms.ts';
import { toToken } from './representation.ts';
import { tokenOf, type TokenRow } from './row.ts';

type Found = TokenRow & { readonly lastUsedAt: Date | null };

/** The tokens that are not revoked, newest first. */
const TOKENS: Collection<Found> = {
  columns: 't.*, u.used_at as "lastUsedAt"',
  from: 'tokens t left join token_uses u on u.token_id = t.id',
  where: 't.revoked_at is null',
  values: [],
  orderedBy: ['t.created_at', 't.id'],
  order: 'desc',
  positionOf: ({ created_at: createdAt, id }) => [createdAt, id],
  position: z.tuple([moment, tokenId]),
};

const tokensOfWorkspace = (workspaceId: string): Collection<Found> => ({
  ...TOKENS,
  where: `${TOKENS.where} and t.workspace_id = $1`,
  values: [workspaceId],
});

// One statement on primary keys and the unique hash: it precedes every request of a caller that the gateway has not seen lately.
const INFO = `
  select t.*, w.account_id as "accountId", a.plan, a.limits, a.api_access as "apiAccess",
         p.limits as "planLimits", p.api_access as "planApiAccess",
         coalesce(u.used_at < now() - interval '1 minute', true) as "useIsNews"
    from tokens t
    join workspaces w on w.id = t.workspace_id
    join accounts a on a.id = w.account_id
    join plans p on p.name = a.plan
    left join token_uses u on u.token_id = t.id
   where t.hash = $1
     and t.revoked_at is null
     and (t.expires_at is null or t.expires_at > now())`;

type InfoRow = TokenRow &
  Overrides & {
    readonly accountId: string;
    readonly plan: PlanName;
    readonly planLimits: Terms['limits'];
    readonly planApiAccess: Terms['apiAccess'];
    readonly useIsNews: boolean;
  };

export const tokenQueries = (pool: Pool) => ({
  /** Answers what a new token depends on: whether its workspace exists, and how many live tokens that has. */
  async beforeCreating(workspaceId: string): Promise<{ workspaceExists: boolean; others: number }> {
    const { rows } = await pool.query<{ workspaceExists: boolean; others: number }>({
      name: 'before-creating-token',
      text: `select exists (select from workspaces where id = $1) as "workspaceExists",
                    (select count(*)::int from tokens
                      where workspace_id = $1
                        and revoked_at is null
                        and (expires_at is null or expires_at > now())) as others`,
      values: [workspaceId],
    });
    return rows[0] ?? { workspaceExists: false, others: 0 };
  },

  /** A page of the tokens of one workspace, or of all. */
  async page(workspaceId: string | undefined, query: PageQuery): Promise<Page<Token>> {
    const page = await pageOf(pool, workspaceId ? tokensOfWorkspace(workspaceId) : TOKENS, query);
    return { ...page, items: page.items.map(fromFound) };
  },

  async byId(id: string, workspaceId: string | undefined): Promise<Token> {
    const { rows } = await pool.query<Found>(
      `select ${TOKENS.columns} from ${TOKENS.from} where ${TOKENS.where} and t.id = $1`,
      [id],
    );
    const [found] = rows;
    if (!found || (workspaceId && found.workspace_id !== workspaceId)) throw new Problem('not-found', 'No such token.');
    return fromFound(found);
  },

  /** Says who the bearer of a token is. An unknown, revoked or expired token is not found. `useIsNews`: the last noted use is over a minute old. */
  async introspect(hash: string): Promise<{ info: TokenInfo; useIsNews: boolean }> {
    const { rows } = await pool.query<InfoRow>({ name: 'token-info', text: INFO, values: [hash] });
    const [found] = rows;
    if (!found) throw new Problem('not-found', 'No such token.');
    const { id, workspaceId, name, dialect, scopes, expiresAt } = toToken(tokenOf(found), null);
    const { accountId, plan, planLimits, planApiAccess, useIsNews } = found;
    const terms = effectiveTerms({ limits: planLimits, apiAccess: planApiAccess }, found);
    return {
      info: { tokenId: id, workspaceId, accountId, name, dialect, scopes, expiresAt, plan, ...terms },
      useIsNews,
    };
  },
});

const fromFound = ({ lastUsedAt, ...row }: Found) => toToken(tokenOf(row), lastUsedAt);
