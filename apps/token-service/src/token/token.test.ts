import { describe, expect, test } from '@jest/globals';
import { Problem } from '@kith/contracts';
import { readsAsStored, specify } from '@kith/event-store/testing';

import golden from './golden.json' with { type: 'json' };
import { token, tokenEvent, type TokenCommand, type TokenEvent } from './token.ts';

const given = specify(token);

const about = {
  workspaceId: 'ws_1',
  name: 'ERP',
  dialect: 'wisedata' as const,
  scopes: ['contacts.readonly' as const],
  hash: 'ab'.repeat(32),
  preview: 'wxyz',
};
const created: TokenEvent = { type: 'TokenCreated', data: { tokenId: 'tok_1', ...about, expiresAt: null } };
const revoked: TokenEvent = { type: 'TokenRevoked', data: { workspaceId: 'ws_1' } };

const now = new Date('2026-11-21T12:00:00Z');
const create = {
  type: 'CreateToken',
  id: 'tok_1',
  ...about,
  workspaceExists: true,
  others: 0,
  expiresAt: null,
  now,
} as const;

describe('creating a token', () => {
  test('records its rights, and only the hash and the last digits of its secret', () => {
    given()
      .when({ ...create, scopes: ['contacts.readonly'] })
      .emits(created);
  });

  test('accepts an end in the future', () => {
    const expiresAt = new Date('2026-11-21T13:00:01+01:00');
    given()
      .when({ ...create, scopes: ['contacts.readonly'], expiresAt })
      .emits({ type: 'TokenCreated', data: { tokenId: 'tok_1', ...about, expiresAt: '2026-11-21T12:00:01.000Z' } });
  });

  test('is refused with every reason', () => {
    const command: TokenCommand = { ...create, scopes: [], workspaceExists: false, expiresAt: now };
    const refused = expect.objectContaining({
      kind: 'invalid',
      errors: { workspaceId: ['No such workspace.'], expiresAt: ['Must lie in the future.'] },
    });
    expect(() => token.decide(command, token.initial)).toThrow(Problem);
    expect(() => token.decide(command, token.initial)).toThrow(refused);
  });

  test('is refused to a workspace that has a hundred (NA-16)', () => {
    given()
      .when({ ...create, others: 99 })
      .emits(created);
    given()
      .when({ ...create, others: 100 })
      .rejects({ kind: 'invalid' });
  });

  test('is refused a second time', () => {
    given(created)
      .when({ ...create, scopes: [] })
      .rejects({ kind: 'conflict' });
  });
});

describe('revoking a token', () => {
  test('ends it for good', () => {
    given(created).when({ type: 'RevokeToken', workspaceId: undefined }).emits(revoked);
    given(created, revoked).when({ type: 'RevokeToken', workspaceId: undefined }).rejects({ kind: 'not-found' });
  });

  test('is allowed to its own workspace', () => {
    given(created).when({ type: 'RevokeToken', workspaceId: 'ws_1' }).emits(revoked);
  });

  test('of another workspace is refused as if it did not exist', () => {
    given(created).when({ type: 'RevokeToken', workspaceId: 'ws_2' }).rejects({ kind: 'not-found' });
    given().when({ type: 'RevokeToken', workspaceId: 'ws_2' }).rejects({ kind: 'not-found' });
  });
});

// The golden events lie in somebody's database: they gain new events and new forms, and none of them is changed.
describe('A token, from the events that were ever stored,', () => {
  const states = readsAsStored(tokenEvent, token, golden);

  test('folds to the state it had', () => {
    expect(states.at(-1)).toMatchObject({
      status: 'revoked',
      id: 'tok_01jcn3q8m7x5v9t2r4k6w8y0ef',
      version: 2,
      workspaceId: 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab',
      hash: '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
      expiresAt: new Date('2027-11-21T08:00:00.000Z'),
    });
  });
});
