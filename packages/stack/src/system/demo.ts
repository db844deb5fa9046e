import { readFile } from 'node:fs/promises';

import { scope } from '@kith/contracts';
import type { ContactList } from '@kith/contracts/contacts';
import type { Account, CreatedToken, NewAccount, NewToken } from '@kith/contracts/tokens';

import { request } from './request.ts';
import { exists, writeWhole } from '../files/files.ts';

/** A workspace for experiments. */
export type Demo = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly token: string;
  readonly listId: number;
};

type Gateway = {
  readonly gatewayUrl: string;
  /** The file of its certificate, when it speaks TLS. */
  readonly certificate: string | undefined;
  readonly operatorKey: string;
};

/** Creates an account of the business plan, a token with all scopes and a list. */
export async function newDemo(gateway: Gateway): Promise<Demo> {
  const tenant = await newTenant(gateway, { name: 'Demo', plan: 'business' });
  const list = await post<ContactList>(gateway, tenant.token, 'contact-lists', { name: 'Demo' });
  return { ...tenant, listId: list.id };
}

/** Creates an account, and a token of its workspace with all scopes. */
export async function newTenant(gateway: Gateway, account: NewAccount): Promise<Omit<Demo, 'listId'>> {
  const { id: accountId, workspaces } = await post<Account>(gateway, gateway.operatorKey, 'accounts', account);
  const workspaceId = workspaces[0]!.id;
  const token = await issueToken(gateway, { name: account.name, workspaceId, scopes: [...scope.options] });
  return { accountId, workspaceId, token };
}

export const issueToken = async (gateway: Gateway, token: NewToken): Promise<string> =>
  (await post<CreatedToken>(gateway, gateway.operatorKey, 'tokens', token)).token;

/** The demo of the first start, or a new one when the databases do not know it any more. */
export async function rememberedDemo(file: string, gateway: Gateway): Promise<Demo> {
  if (await exists(file)) {
    const demo = JSON.parse(await readFile(file, 'utf8')) as Demo;
    const answer = await call(gateway, demo.token, 'GET', 'contact-lists/all');
    if (answer.status !== 401) return demo;
  }
  const demo = await newDemo(gateway);
  await writeWhole(file, JSON.stringify(demo), 0o600);
  return demo;
}

async function post<Made>(gateway: Gateway, bearer: string, path: string, body: object): Promise<Made> {
  const answer = await call(gateway, bearer, 'POST', path, body);
  if (!answer.ok) throw new Error(`POST /api/v1/${path} answers ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { data: Made }).data;
}

const call = ({ gatewayUrl, certificate }: Gateway, bearer: string, method: string, path: string, body?: object) =>
  request(`${gatewayUrl}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
    certificate,
    signal: AbortSignal.timeout(15_000),
  });
