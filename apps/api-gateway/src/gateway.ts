import type { ContactsClient } from './clients/contacts.ts';
import type { TokensClient } from './clients/tokens.ts';
import type { Conversations } from './access/request-context.ts';
import type { Verdicts } from './access/look-ups.ts';

/** What every API the gateway speaks is given. */
export type Gateway = {
  readonly contacts: ContactsClient;
  readonly tokens: TokensClient;
  readonly verdicts: Pick<Verdicts, 'forgetToken' | 'forgetAccount'>;
  readonly conversations: Pick<Conversations, 'of'>;
  readonly isDisposable: (address: string) => boolean;
};
