import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const REPOSITORY = join(import.meta.dirname, '../../../..');

type Package = {
  readonly version: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly os?: string;
  readonly cpu?: string;
  readonly bin?: Readonly<Record<string, string>>;
};

const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Package>;
};
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

test('npm ci checks every package against the hash in the lock file', () => {
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
});

test('Node.js comes as such a package on each platform, new enough and without an install script', () => {
  const runtimes = installed.map(([, entry]) => entry).filter(({ bin }) => bin && 'node' in bin);
  expect(runtimes.map(({ os, cpu }) => `${os}-${cpu}`).toSorted()).toEqual([
    'darwin-arm64',
    'darwin-x64',
    'linux-arm64',
    'linux-x64',
  ]);
  expect(runtimes.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);
  for (const { version } of runtimes) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    expect(major * 100 + minor).toBeGreaterThanOrEqual(2412);
  }
});

test('npm run finds that Node.js first', () => {
  const found = realpathSync(join(REPOSITORY, 'node_modules/.bin/node'));
  const path = Object.keys(packages).find((name) => found.startsWith(join(REPOSITORY, name, 'bin')));
  expect(packages[path!]?.integrity).toMatch(/^sha512-/);
  expect(packages[path!]?.hasInstallScript).toBeUndefined();
});
