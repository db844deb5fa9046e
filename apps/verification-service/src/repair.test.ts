import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { KnownContact } from '@kith/contracts/contacts';

import { serviceOnDatabase } from './service.fixture.ts';
import { created, erased, WORKSPACE } from './published.fixture.ts';

let service: Awaited<ReturnType<typeof serviceOnDatabase>>;
beforeAll(async () => {
  service = await serviceOnDatabase();
});
afterAll(async () => service[Symbol.asyncDispose]());

/** Runs a script of this service as the repair after a restore does. */
async function run(script: 'known.ts' | 'repair.ts', lines: readonly KnownContact[] = []) {
  const child = spawn(process.execPath, [join(import.meta.dirname, script)], { env: { DATABASE_URL: service.url } });
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const [said, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
  return printed;
}

test('an erasure that a restore of this database undid is carried out again and confirmed, and no check is left', async () => {
  const contactId = service.newContact();
  await service.take(created(contactId, { email: 'ada@kith.test' }));
  expect(await service.open(contactId)).toHaveLength(1);

  const line = { contactId, workspaceId: WORKSPACE, erasedAt: '2026-01-01T00:00:00.000Z' };
  expect(await run('repair.ts', [line])).toContain('contacts forgotten again: 1.');
  expect(await service.open(contactId)).toEqual([]);
  expect(await service.events(contactId)).toEqual(['ContactForgotten']);

  expect(await run('repair.ts', [line])).toContain('contacts forgotten again: 0.');
  await service.take(erased(contactId, 2));
  expect(await service.events(contactId)).toEqual(['ContactForgotten']);
});

test('contacts-service learns the last applied version of each contact and the forgotten ones, and no personal data', async () => {
  const [known, forgotten] = [service.newContact(), service.newContact()];
  await service.take(created(known, { email: 'ada@kith.test' }), created(forgotten, {}), erased(forgotten, 2));
  const lines = (await run('known.ts'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as KnownContact);
  expect(lines).toContainEqual({ contactId: known, workspaceId: WORKSPACE, version: 1 });
  expect(lines.filter(({ contactId }) => contactId === forgotten)).toEqual([
    {
      contactId: forgotten,
      workspaceId: WORKSPACE,
      erasedAt: expect.any(String),
      confirmations: { 'verification-service': expect.any(String) },
    },
    { contactId: forgotten, workspaceId: WORKSPACE, version: 2 },
  ]);
  expect(JSON.stringify(lines)).not.toContain('ada@');
});
