import type { ContactList } from '@kith/contracts/contacts';
import type { Account, CreatedToken } from '@kith/contracts/tokens';

/** Creates an unlimited workspace, a token for it, and a list in it. */
export type Workspace = {
  readonly workspaceId: string;
  readonly tokenId: string;
  readonly token: string;
  readonly listId: number;
};

type Gateway = { readonly gatewayUrl: string; readonly operatorKey: string };

/** The plan has no limits, so that its budget is not what we measure. */
export async function newWorkspace(gateway: Gateway): Promise<Workspace> {
  const account = await post<Account>(gateway, gateway.operatorKey, 'accounts', {
    name: 'Bench',
    plan: 'enterprise',
    limits: { native: { readsPerMinute: null, writesPerMinute: null } },
  });
  const workspaceId = account.workspaces[0]!.id;
  const { id: tokenId, token } = await newToken(gateway, workspaceId);
  const list = await post<ContactList>(gateway, token, 'contact-lists', { name: 'Bench' });
  return { workspaceId, tokenId, token, listId: list.id };
}

export const newToken = (gateway: Gateway, workspaceId: string): Promise<CreatedToken> =>
  post(gateway, gateway.operatorKey, 'tokens', { name: 'Bench', workspaceId });

async function post<Made>({ gatewayUrl }: Gateway, bearer: string, path: string, body: object): Promise<Made> {
  const answer = await fetch(`${gatewayUrl}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { data: Made }).data;
}
