import { type Page, type PageQuery, Problem } from '@kith/contracts';
import type {
  Account,
  AccountChange,
  CreatedToken,
  NewAccount,
  NewToken,
  Token,
  TokenInfo,
} from '@kith/contracts/tokens';
import type { ServiceClient } from '@kith/http';

import type { ForwardedHeaders } from '../access/forwarded-headers.ts';
import { queryOf } from './query.ts';

export type TokensClient = ReturnType<typeof tokensClient>;

/** The calls to token-service. */
export const tokensClient = ({ request, answer }: Pick<ServiceClient, 'request' | 'answer'>) => ({
  createAccount: (headers: ForwardedHeaders, body: NewAccount) =>
    answer<Account>({ method: 'POST', path: '/accounts', headers, body }),

  accounts: (headers: ForwardedHeaders, query: PageQuery) =>
    request<Page<Account>>({ method: 'GET', path: `/accounts${queryOf(query)}`, headers }),

  account: (headers: ForwardedHeaders, id: string) =>
    request<Account>({ method: 'GET', path: `/accounts/${id}`, headers }),

  changeAccount: (headers: ForwardedHeaders, id: string, body: AccountChange) =>
    request<Account>({ method: 'PATCH', path: `/accounts/${id}`, headers, body }),

  createToken: (headers: ForwardedHeaders, body: NewToken) =>
    answer<CreatedToken>({ method: 'POST', path: '/tokens', headers, body }),

  /** Lists the tokens of one workspace, or of all. */
  tokens: (headers: ForwardedHeaders, query: PageQuery & { workspaceId: string | undefined }) =>
    request<Page<Token>>({ method: 'GET', path: `/tokens${queryOf(query)}`, headers }),

  token: (headers: ForwardedHeaders, id: string, workspaceId: string | undefined) =>
    request<Token>({ method: 'GET', path: `/tokens/${id}${queryOf({ workspaceId })}`, headers }),

  revokeToken: (headers: ForwardedHeaders, id: string, workspaceId: string | undefined) =>
    request<void>({ method: 'DELETE', path: `/tokens/${id}${queryOf({ workspaceId })}`, headers }),

  /** Finds the token of this hash; undefined if it lets nobody in. */
  introspect: (hash: string): Promise<TokenInfo | undefined> =>
    request<TokenInfo>({ method: 'POST', path: '/tokens/introspect', body: { hash } }).catch((error: unknown) => {
      if (error instanceof Problem && error.kind === 'not-found') return undefined;
      throw error;
    }),
});
