import { type Page, type PageQuery, Problem } from '@kith/contracts';
import type {
  Account,
  AccountChange,
  CreatedToken,
  NewAccount,
  NewToken,
  Token,
  TokenVerdict,
} from '@kith/contracts/tokens';
import type { ServiceClient } from '@kith/http';

import type { Caller } from '../access/forwarded-headers.ts';
import { queryOf } from './query.ts';

export type TokensClient = ReturnType<typeof tokensClient>;

/** What token-service is asked. */
export const tokensClient = ({ request, answer }: Pick<ServiceClient, 'request' | 'answer'>) => ({
  createAccount: (headers: Caller, body: NewAccount) =>
    answer<Account>({ method: 'POST', path: '/accounts', headers, body }),

  accounts: (headers: Caller, query: PageQuery) =>
    request<Page<Account>>({ method: 'GET', path: `/accounts${queryOf(query)}`, headers }),

  account: (headers: Caller, id: string) => request<Account>({ method: 'GET', path: `/accounts/${id}`, headers }),

  changeAccount: (headers: Caller, id: string, body: AccountChange) =>
    request<Account>({ method: 'PATCH', path: `/accounts/${id}`, headers, body }),

  createToken: (headers: Caller, body: NewToken) =>
    answer<CreatedToken>({ method: 'POST', path: '/tokens', headers, body }),

  /** Of one workspace, or of all. */
  tokens: (headers: Caller, query: PageQuery & { workspaceId: string | undefined }) =>
    request<Page<Token>>({ method: 'GET', path: `/tokens${queryOf(query)}`, headers }),

  token: (headers: Caller, id: string, workspaceId: string | undefined) =>
    request<Token>({ method: 'GET', path: `/tokens/${id}${queryOf({ workspaceId })}`, headers }),

  revokeToken: (headers: Caller, id: string, workspaceId: string | undefined) =>
    request<void>({ method: 'DELETE', path: `/tokens/${id}${queryOf({ workspaceId })}`, headers }),

  /** Who bears the token of this hash; undefined where nobody may. */
  verify: (hash: string): Promise<TokenVerdict | undefined> =>
    request<TokenVerdict>({ method: 'POST', path: '/tokens/verify', body: { hash } }).catch((error: unknown) => {
      if (error instanceof Problem && error.kind === 'not-found') return undefined;
      throw error;
    }),
});
