import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, startSystem, type System } from '@kith/stack/testing';

type Asked = { readonly method?: string; readonly path: string; readonly body?: object; readonly as?: string };
type Said = { readonly status: number; readonly text: string; readonly retryAfter: string | null };

const DOCUMENT = join(import.meta.dirname, '../docs/dialects/wisedata.md');
const BEGIN = '## The whole conversation\n';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

const lines: string[] = [BEGIN];

/** Sends a request and records it with its answer. */
async function play(title: string, asked: Asked): Promise<Said> {
  const said = await ask(asked);
  write(title, asked, said);
  return said;
}

async function ask({ method = 'GET', path, body, as = token }: Asked): Promise<Said> {
  const answer = await fetch(`${system.gatewayUrl}${path}`, {
    method,
    // The vendor's document sends this header with every call.
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get('retry-after') };
}

function write(
  title: string,
  { method = 'GET', path, body, as = '$TOKEN' }: Asked,
  { status, text, retryAfter }: Said,
) {
  const bearer = as === system.operatorKey ? '$OPERATOR_KEY' : as;
  const request = [
    `curl${method === 'GET' || (method === 'POST' && body) ? '' : ` -X ${method}`} "$KITH${path}"`,
    `  -H "Authorization: Bearer ${bearer}"`,
    `  -H "Content-Type: application/json"`,
    ...(body ? [`  -d '${JSON.stringify(body)}'`] : []),
  ];
  const answered = `${status}${retryAfter === null ? '' : ', `Retry-After: 42`'}`;
  lines.push(
    `${title}: ${answered}.\n`,
    `\`\`\`sh\n${steady(request.join(' \\\n'))}\n\`\`\``,
    `\`\`\`json\n${steady(text)}\n\`\`\`\n`,
  );
}

/** Replaces values that differ between runs. */
const steady = (text: string) =>
  text
    .replaceAll(system.workspaceId, 'ws_01k6m2v8q4n7r3t5w9x0y1z2a3')
    .replaceAll(/tok_[0-9a-z]{26}/g, 'tok_01k6m2v8q4n7r3t5w9x0y1z2a4')
    .replaceAll(/kith_\w{38}/g, 'kith_…')
    .replaceAll(/"preview":"\w+"/g, '"preview":"f6Qz"')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}/g, '2026-06-05T13:40:00.000')
    .replaceAll(/in \d+ seconds/g, 'in 42 seconds');

let token = '';
const dataOf = ({ text }: Said) => (JSON.parse(text) as { data: never }).data;

/** Bypasses the API, whose calls count against the budget. */
const verified = (contactId: number) =>
  eventually(async () => {
    const headers = {
      'x-kith-internal-key': system.internalKey,
      'x-kith-workspace': system.workspaceId,
      'x-kith-token': 'tok_01k6m2v8q4n7r3t5w9x0y1z2a4',
    };
    const contact = (await (await fetch(`${system.contactsUrl}/contacts/${contactId}`, { headers })).json()) as object;
    expect(contact).not.toMatchObject({ emailStatus: 'pending' });
    expect(contact).not.toMatchObject({ phoneStatus: 'pending' });
  });

test("our document shows what Kith answers to the vendor's document, from the new token to 429", async () => {
  const made = await play("A token, by the operator's key (WD-04, WD-05)", {
    method: 'POST',
    path: '/api/v1/tokens',
    body: { name: 'CRM integration', workspaceId: system.workspaceId, dialect: 'wisedata' },
    as: system.operatorKey,
  });
  expect(made.status).toBe(201);
  ({ token } = dataOf(made));

  const lists = await play('All lists, to find the id of one (WD-10)', { path: '/api/v1/contact-lists/all' });
  expect(lists.status).toBe(200);

  const tokens: Asked = { path: `/api/v1/tokens?workspaceId=${system.workspaceId}`, as: system.operatorKey };
  // The last use is stored after the answer is sent.
  const used = { lastUsedAt: expect.any(String) };
  await eventually(async () => expect(dataOf(await ask(tokens))).toMatchObject([used, used]));
  const shown = await play(
    'The tokens since then: their last digits, creation and last use, never the secret (WD-05)',
    tokens,
  );
  expect(dataOf(shown)).toMatchObject([{ name: 'CRM integration', preview: token.slice(-4) }, {}]);
  expect(shown.text).not.toContain(token);

  const [list] = dataOf(lists) as { id: number }[];
  const contacts = `/api/v1/contact-lists/${list!.id}/contacts`;

  const john = { name: 'John Smith', email: 'john@kith.test', phone: '+15551234567' };
  const created = await play('A contact (WD-12, WD-22, WD-40)', { method: 'POST', path: contacts, body: john });
  expect(created.status).toBe(201);
  const { id } = dataOf(created) as { id: number };
  const path = `/api/v1/contacts/${id}`;

  const wrong = { name: 'J', email: 'john@mailinator.com', phone: '1234567' };
  const refused = await play('One that is refused, all of it at once (WD-30 to WD-33)', {
    method: 'POST',
    path: contacts,
    body: wrong,
  });
  expect(refused.status).toBe(422);

  await verified(id);
  const read = await play('A moment later; the number of the example is none (WD-13, WD-40, T-1)', { path });
  expect(dataOf(read)).toMatchObject({ emailStatus: 'valid', phoneStatus: 'invalid' });

  const found = await play('Found again (WD-11, WD-21)', {
    path: `${contacts}?search=smith&sort=name&order=asc&page=1&per_page=15`,
  });
  expect(dataOf(found)).toHaveLength(1);

  const changed = await play('Its name changed; the rest, verdicts too, stays (WD-14, WD-25, WD-43)', {
    method: 'PUT',
    path,
    body: { name: 'John A. Smith' },
  });
  expect(dataOf(changed)).toMatchObject({ ...john, name: 'John A. Smith', emailStatus: 'valid' });

  const deleted = await play('Deleted, for good (WD-15, WD-25)', { method: 'DELETE', path });
  expect(JSON.parse(deleted.text)).toEqual({ message: 'Contact deleted successfully.' });
  const gone = await play('Gone (WD-52, T-17)', { path });
  expect(gone.status).toBe(404);

  const stranger = await play('Without a token, where only the mount says the dialect (WD-50, WD-57)', {
    path: `/wisedata${path}`,
    as: 'YOUR_TOKEN',
  });
  expect(stranger.status).toBe(401);

  const all: Asked = { path: '/api/v1/contact-lists/all' };
  // WD-55: 60 reads a minute; the calls above use four of them.
  const answers: Said[] = [];
  for (let call = 5; call <= 61; call++) answers.push(await ask(all));
  expect(answers.slice(0, -1).map(({ status }) => status)).toEqual(Array(56).fill(200));
  const limited = answers.at(-1)!;
  expect([limited.status, Number(limited.retryAfter)]).toEqual([429, expect.any(Number)]);
  write('The 61st read within a minute (WD-54 to WD-56)', all, limited);

  const written = readFileSync(DOCUMENT, 'utf8');
  const conversation = `${lines.join('\n').trimEnd()}\n`;
  const renewed = `${written.split(BEGIN)[0]}${conversation}`;
  // `UPDATE_DOCS=1 npm test -- e2e/wisedata` writes it.
  if (process.env['UPDATE_DOCS']) writeFileSync(DOCUMENT, renewed);
  else expect(written).toBe(renewed);
}, 60_000);
