import { expect, test } from '@jest/globals';

import { principalHeaders } from './principal.ts';

const named = {
  'x-kith-workspace': 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab',
  'x-kith-token': 'tok_01jcn3q8m7x5v9t2r4k6w8y0ef',
};

test('a request names its client beside any other headers', () => {
  const headers = { ...named, host: 'contacts', accept: '*/*' };
  expect(principalHeaders.parse(headers)).toEqual(headers);
});

test.each([
  ['without a workspace', 'x-kith-workspace', undefined],
  ['without a token', 'x-kith-token', undefined],
  ['for a token in place of a workspace', 'x-kith-workspace', named['x-kith-token']],
  ['for two workspaces at once', 'x-kith-workspace', `${named['x-kith-workspace']}, ${named['x-kith-workspace']}`],
  ['for a workspace in capitals', 'x-kith-workspace', named['x-kith-workspace'].toUpperCase()],
  ['for a workspace with a letter that Crockford leaves out', 'x-kith-workspace', 'ws_01jcn3q8m7x5v9t2r4k6w8y0al'],
  ['for a workspace with a line break behind it', 'x-kith-workspace', `${named['x-kith-workspace']}\n`],
  ['for the secret of a token', 'x-kith-token', 'kith_pat_secret'],
])('a request %s names no client', (_, header, value) => {
  const { error } = principalHeaders.safeParse({ ...named, [header]: value });
  expect(error?.issues.map(({ path: [member] }) => member)).toEqual([header]);
});
