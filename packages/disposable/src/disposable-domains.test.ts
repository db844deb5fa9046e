import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { disposableDomains } from './disposable-domains.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-disposable-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(...lines: string[]): Promise<string> {
  const file = join(folder, `${files++}.txt`);
  await writeFile(file, lines.join('\n'));
  return file;
}

describe('by the maintained list', () => {
  test.each([
    ['a service of the list', 'ada@mailinator.com', true],
    ['a subdomain of one', 'ada@deep.down.mailinator.com', true],
    ['one in upper case', 'ada@MAILINATOR.COM', true],
    ['one with the root dot', 'ada@mailinator.com.', true],
    ['a local part with an @ in it', '"ada@gmail.com"@mailinator.com', true],
    ['anybody’s domain', 'ada@example.com', false],
    ['a domain that only ends alike', 'ada@ada-and-mailinator.com', false],
    ['a privacy alias', 'ada@privaterelay.appleid.com', false],
    ['no address at all', 'ada', false],
    ['nothing', '', false],
    ['the longest subdomain of one', `ada@${'a.'.repeat(119)}mailinator.com.`, true],
    // Each of its suffixes would be a string of its own: 5 GB.
    ['a name too long for the DNS', `ada@${'a.'.repeat(50_000)}mailinator.com`, false],
  ])('%s', async (_, address, expected) => {
    const isDisposable = await disposableDomains();
    expect(isDisposable(address)).toBe(expected);
  });
});

describe('by the operator’s own lists', () => {
  test('a denied domain is disposable, with its subdomains', async () => {
    const isDisposable = await disposableDomains({
      denyFile: await fileOf('# ours', 'Throwaway.Example  # seen in May', ''),
    });
    expect(isDisposable('ada@throwaway.example')).toBe(true);
    expect(isDisposable('ada@mx1.throwaway.example')).toBe(true);
    expect(isDisposable('ada@example.com')).toBe(false);
  });

  test('an allowed domain is not, whatever the lists say', async () => {
    const isDisposable = await disposableDomains({
      allowFile: await fileOf('mailinator.com', 'partner.throwaway.example'),
      denyFile: await fileOf('throwaway.example'),
    });
    expect(isDisposable('ada@mailinator.com')).toBe(false);
    expect(isDisposable('ada@team.mailinator.com')).toBe(false);
    expect(isDisposable('ada@partner.throwaway.example')).toBe(false);
    expect(isDisposable('ada@throwaway.example')).toBe(true);
  });

  test('an international domain is the same in either spelling', async () => {
    const isDisposable = await disposableDomains({ denyFile: await fileOf('bücher.example') });
    expect(isDisposable('ada@xn--bcher-kva.example')).toBe(true);
    expect(isDisposable('ada@BÜCHER.example')).toBe(true);
  });

  test('are read on any system', async () => {
    const isDisposable = await disposableDomains({ denyFile: await fileOf('one.example\r', 'two.example\r') });
    expect(isDisposable('ada@one.example')).toBe(true);
    expect(isDisposable('ada@two.example')).toBe(true);
  });

  test('with a line that is no domain are refused, by file and line', async () => {
    const denyFile = await fileOf('one.example', 'not a domain');
    await expect(disposableDomains({ denyFile })).rejects.toThrow(`${denyFile}, line 2`);
  });

  test('that are missing are an error, not an empty list', async () => {
    await expect(disposableDomains({ allowFile: join(folder, 'missing.txt') })).rejects.toThrow('missing.txt');
  });
});

test('a verdict can quote the version of the lists', async () => {
  const { version } = await disposableDomains();
  expect(version).toMatch(/^disposable-email-domains-js \d+\.\d+\.\d+$/);
  const denying = await disposableDomains({ denyFile: await fileOf('a.example', 'b.example') });
  const reordered = await disposableDomains({ denyFile: await fileOf('b.example', 'a.example') });
  const allowing = await disposableDomains({ allowFile: await fileOf('a.example', 'b.example') });
  expect(denying.version).toMatch(new RegExp(`^${version}, operator [0-9a-f]{12}$`));
  expect(reordered.version).toBe(denying.version);
  expect(allowing.version).not.toBe(denying.version);
});
