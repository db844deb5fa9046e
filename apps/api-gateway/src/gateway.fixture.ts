import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Contact, type ContactList, emptyProfile } from '@kith/contracts/contacts';
import { formatToken, type TokenInfo } from '@kith/contracts/tokens';
import { serviceClient } from '@kith/http';

import { buildApp } from './app.ts';
import { memoryRateLimit } from './budgets/memory-rate-limit.ts';
import type { RateLimit } from './budgets/rate-limit.ts';
import { contactsClient } from './clients/contacts.ts';
import { searchClient } from './clients/searches.ts';
import { tokensClient } from './clients/tokens.ts';
import { boundLookUps } from './access/look-ups.ts';
import { tokenCache } from './access/token-cache.ts';

export const OPERATOR = 'operator-key-of-at-least-32-characters';
/** An address from which the gateway believes what it is told of a client's. */
export const PROXY = '192.0.2.1';
const INTERNAL = 'internal-key-of-at-least-32-characters';
const workspaceId = 'ws_00000000000000000000000001';
const accountId = 'acc_00000000000000000000000001';
const createdAt = '2026-06-05T13:40:00.123Z';
const times = { createdAt, updatedAt: createdAt };

export const contact: Contact = {
  id: 123,
  workspaceId,
  ...emptyProfile,
  name: 'John Smith',
  firstName: 'John',
  lastName: 'Smith',
  email: 'john@example.com',
  emailStatus: 'pending',
  phone: '+15551234567',
  phoneE164: '+15551234567',
  phoneStatus: 'pending',
  lists: [1],
  ...times,
  version: 1,
};
export const list: ContactList = {
  id: 1,
  workspaceId,
  name: 'VIP Customers',
  contactsCount: 42,
  ...times,
  version: 1,
};
const shownTimes = { createdAt: '2026-06-05T13:40:00.123000Z', updatedAt: '2026-06-05T13:40:00.123000Z' };
/** The native API's answers show both with times in microseconds. */
export const shownContact = { ...contact, ...shownTimes };
export const shownList = { ...list, ...shownTimes };
export const account = {
  id: accountId,
  name: 'Engines',
  plan: 'business',
  limits: {},
  apiAccess: [],
  workspaces: [],
  ...times,
};

export const tokenInfo: TokenInfo = {
  tokenId: 'tok_00000000000000000000000001',
  workspaceId,
  accountId,
  name: 'CRM integration',
  dialect: 'native',
  scopes: ['contacts.readonly', 'contacts.write', 'tokens.admin'],
  expiresAt: null,
  plan: 'business',
  limits: { native: { readsPerMinute: null, writesPerMinute: null } },
  apiAccess: ['native', 'wisedata'],
};

/** A call that a service received. */
export type ServiceCall = {
  readonly call: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
};
type Services = {
  calls: ServiceCall[];
  /** Cuts every connection instead of answering. */
  away: boolean;
  /** Runs before each answer, which waits for it. */
  before: (call: ServiceCall) => Promise<void> | undefined;
};
type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown };

type Options = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** The token that is sent; null for none. */
  readonly as?: string | null;
  readonly headers?: Record<string, string>;
  /** The address it comes from. */
  readonly address?: string;
};

/** A gateway, and one small server in the place of the services behind it. */
export async function testGateway({
  rateLimit = memoryRateLimit(),
  isDisposable = (address: string) => address.endsWith('@mailinator.com'),
}: { rateLimit?: RateLimit; isDisposable?: (address: string) => boolean } = {}) {
  const bearers = new Map<string, TokenInfo>();
  const answers = new Map<string, Answer>();
  const services: Services = { calls: [], away: false, before: () => undefined };
  let tokens = 0;

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    if (services.away) return request.socket.destroy();
    const text = (await request.toArray()).join('');
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const call = `${request.method} ${request.url}`;
    const received = { call, headers: request.headers, body };
    services.calls.push(received);
    await services.before(received);
    const answer = call === 'POST /tokens/introspect' ? introspect(body as { hash: string }) : answers.get(call);
    const { status = 200, headers, body: sent } = answer ?? { status: 404, body: { detail: 'No such thing.' } };
    return response.writeHead(status, headers).end(sent === undefined ? '' : JSON.stringify(sent));
  };
  const server = createServer((request, response) => void respond(request, response));
  const introspect = ({ hash: sha256 }: { hash: string }): Answer | undefined => {
    const found = bearers.get(sha256);
    return found && { body: found };
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const options = { url: `http://127.0.0.1:${port}`, internalKey: INTERNAL, timeoutMs: 2_000 };
  const client = serviceClient(options);
  const searches = searchClient(options);

  const tokenService = tokensClient(client);
  const app = buildApp(
    {
      contacts: contactsClient(client, searches),
      tokens: tokenService,
      tokenCache: boundLookUps(tokenCache(tokenService.introspect)),
      rateLimit,
      isDisposable,
    },
    {
      logger: false,
      operatorKey: OPERATOR,
      requestIdKey: INTERNAL,
      dialectHosts: new Map([['api.wisedatanps.test', 'wisedata']]),
      trustedProxies: [PROXY],
    },
  );

  return {
    app,
    services,
    /** Makes a token whose bearer is known to token-service. */
    token(changes: Partial<TokenInfo> = {}): string {
      tokens++;
      const token = formatToken(Uint8Array.of(tokens % 62, Math.floor(tokens / 62), ...new Uint8Array(62)));
      const tokenId = `tok_${String(tokens).padStart(26, '0')}`;
      bearers.set(hash('sha256', token), { ...tokenInfo, tokenId, ...changes });
      return token;
    },
    revoke: (token: string) => bearers.delete(hash('sha256', token)),
    change: (token: string, to: TokenInfo) => void bearers.set(hash('sha256', token), to),
    /** Sets what a service answers from now on, by `METHOD /path?query`. */
    serve: (call: string, answer: Answer) => void answers.set(call, answer),
    /** The writes that services received. */
    written: () => services.calls.filter(({ call }) => /^(POST|PUT|PATCH|DELETE) (?!\/tokens\/introspect)/.test(call)),
    call: (url: string, { method = 'GET', body, as = null, headers, address }: Options = {}) =>
      app.inject({
        method,
        url,
        ...(address !== undefined && { remoteAddress: address }),
        headers: { ...(as !== null && { authorization: `Bearer ${as}` }), ...headers },
        ...(body !== undefined && { payload: body as object }),
      }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await rateLimit[Symbol.asyncDispose]();
      await Promise.all([client, searches].map((each) => each[Symbol.asyncDispose]()));
      server.closeAllConnections();
      server.close();
    },
  };
}
export type TestGateway = Awaited<ReturnType<typeof testGateway>>;

/** The fields that a 422 names. */
export const errorsOf = (answer: Awaited<ReturnType<TestGateway['call']>>) =>
  Object.keys(answer.json<{ errors: object }>().errors).toSorted();

/** The answers of contacts-service that most tests need. */
export function serveContacts({ serve }: TestGateway): void {
  serve('GET /contact-lists/all', { body: [list] });
  serve('POST /contact-lists', { status: 201, body: list });
  const page = { body: { items: [contact], total: 42, moreThanTotal: false, nextCursor: 'next' } };
  serve('GET /contact-lists/1/contacts?sort=created_at&order=desc&page=1&perPage=15', page);
  serve('GET /contacts?sort=created_at&order=desc&page=1&perPage=15', page);
  serve('POST /contact-lists/1/contacts', { status: 201, body: contact });
  serve('POST /contacts', { status: 201, body: contact });
  serve('GET /contacts/123', { body: contact });
  serve('PATCH /contacts/123', { body: contact });
  serve('DELETE /contacts/123', { status: 204 });
  serve('GET /contact-lists/1', { body: list });
  serve('PATCH /contact-lists/1', { body: list });
  serve('DELETE /contact-lists/1', { status: 204 });
  serve('PUT /contact-lists/1/contacts/123', { body: contact });
  serve('DELETE /contact-lists/1/contacts/123', { body: contact });
}
