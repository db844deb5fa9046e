import { readFile } from 'node:fs/promises';

import { type Account, type ContactList, type CreatedToken, type NewToken, scope } from '@kith/contracts';

import { exists, writeWhole } from './files.ts';

/** A workspace to try things in. */
export type Demo = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly token: string;
  readonly listId: number;
};

type Gateway = { readonly gatewayUrl: string; readonly operatorKey: string };

/** An account of the business plan, a token with all scopes, a list. */
export async function newDemo(gateway: Gateway): Promise<Demo> {
  const { gatewayUrl, operatorKey } = gateway;
  const account = await post<Account>(gatewayUrl, operatorKey, 'accounts', { name: 'Demo', plan: 'business' });
  const workspaceId = account.workspaces[0]!.id;
  const token = await issueToken(gateway, { name: 'Demo', workspaceId, scopes: [...scope.options] });
  const list = await post<ContactList>(gatewayUrl, token, 'contact-lists', { name: 'Demo' });
  return { accountId: account.id, workspaceId, token, listId: list.id };
}

export const issueToken = async ({ gatewayUrl, operatorKey }: Gateway, token: NewToken): Promise<string> =>
  (await post<CreatedToken>(gatewayUrl, operatorKey, 'tokens', token)).token;

/** The one made at the first start, unless the databases have forgotten it. */
export async function rememberedDemo(file: string, gateway: Gateway): Promise<Demo> {
  if (await exists(file)) {
    const demo = JSON.parse(await readFile(file, 'utf8')) as Demo;
    const answer = await request(gateway.gatewayUrl, demo.token, 'GET', 'contact-lists/all');
    if (answer.status !== 401) return demo;
  }
  const demo = await newDemo(gateway);
  await writeWhole(file, JSON.stringify(demo), 0o600);
  return demo;
}

async function post<Made>(gatewayUrl: string, bearer: string, path: string, body: object): Promise<Made> {
  const answer = await request(gatewayUrl, bearer, 'POST', path, body);
  if (!answer.ok) throw new Error(`POST /api/v1/${path} answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { data: Made }).data;
}

const request = (gatewayUrl: string, bearer: string, method: string, path: string, body?: object) =>
  fetch(`${gatewayUrl}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
