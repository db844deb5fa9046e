import { readFile } from 'node:fs/promises';

import { scope } from '@kith/contracts';
import type { ContactList } from '@kith/contracts/contacts';
import type { Account, CreatedToken, NewAccount, NewToken } from '@kith/contracts/tokens';

import { ask } from './ask.ts';
import { exists, writeWhole } from '../process/files.ts';

/** A workspace to try things in. */
export type Demo = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly token: string;
  readonly listId: number;
};

type Gateway = {
  readonly gatewayUrl: string;
  /** Of its certificate, where it speaks TLS. */
  readonly certificate: string | undefined;
  readonly operatorKey: string;
};

/** An account of the business plan, a token with all scopes, a list. */
export async function newDemo(gateway: Gateway): Promise<Demo> {
  const tenant = await newTenant(gateway, { name: 'Demo', plan: 'business' });
  const list = await post<ContactList>(gateway, tenant.token, 'contact-lists', { name: 'Demo' });
  return { ...tenant, listId: list.id };
}

/** An account, and a token of its workspace with all scopes. */
export async function newTenant(gateway: Gateway, account: NewAccount): Promise<Omit<Demo, 'listId'>> {
  const { id: accountId, workspaces } = await post<Account>(gateway, gateway.operatorKey, 'accounts', account);
  const workspaceId = workspaces[0]!.id;
  const token = await issueToken(gateway, { name: account.name, workspaceId, scopes: [...scope.options] });
  return { accountId, workspaceId, token };
}

export const issueToken = async (gateway: Gateway, token: NewToken): Promise<string> =>
  (await post<CreatedToken>(gateway, gateway.operatorKey, 'tokens', token)).token;

/** The one made at the first start, unless the databases have forgotten it. */
export async function rememberedDemo(file: string, gateway: Gateway): Promise<Demo> {
  if (await exists(file)) {
    const demo = JSON.parse(await readFile(file, 'utf8')) as Demo;
    const answer = await request(gateway, demo.token, 'GET', 'contact-lists/all');
    if (answer.status !== 401) return demo;
  }
  const demo = await newDemo(gateway);
  await writeWhole(file, JSON.stringify(demo), 0o600);
  return demo;
}

async function post<Made>(gateway: Gateway, bearer: string, path: string, body: object): Promise<Made> {
  const answer = await request(gateway, bearer, 'POST', path, body);
  if (!answer.ok) throw new Error(`POST /api/v1/${path} answers ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { data: Made }).data;
}

const request = ({ gatewayUrl, certificate }: Gateway, bearer: string, method: string, path: string, body?: object) =>
  ask(`${gatewayUrl}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
    certificate,
    signal: AbortSignal.timeout(15_000),
  });
