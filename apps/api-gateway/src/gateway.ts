import type { ContactsClient } from './clients/contacts.ts';
import type { TokensClient } from './clients/tokens.ts';
import type { RequestContexts } from './access/request-context.ts';
import type { LookUps } from './access/look-ups.ts';

/** What every API the gateway speaks is given. */
export type Gateway = {
  readonly contacts: ContactsClient;
  readonly tokens: TokensClient;
  readonly tokenCache: Pick<LookUps, 'forgetToken' | 'forgetAccount'>;
  readonly contexts: Pick<RequestContexts, 'of'>;
  readonly isDisposable: (address: string) => boolean;
};
