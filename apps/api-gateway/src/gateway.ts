import type { LookUps } from './access/look-ups.ts';
import type { ContactsClient } from './clients/contacts.ts';
import type { TokensClient } from './clients/tokens.ts';

/** The services and caches that every API of the gateway is given. */
export type Gateway = {
  readonly contacts: ContactsClient;
  readonly tokens: TokensClient;
  readonly tokenCache: Pick<LookUps, 'forgetToken' | 'forgetAccount'>;
  readonly isDisposable: (address: string) => boolean;
};
