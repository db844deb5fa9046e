// This is an entry of its own, because it needs Jest and most of the kit does not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe } from '@jest/globals';

const isInstalled = spawnSync('openssl', ['version']).status === 0;

// oxlint-disable-next-line jest/no-disabled-tests -- .ci/run counts skipped tests as failed.
const whereInstalled = isInstalled ? describe : describe.skip;
const why = isInstalled ? '' : ' (skipped: no openssl on the PATH to make a certificate with)';

/** Describes tests that need a certificate. Without openssl they are skipped, and the title says why. */
export const describeOverTls = (name: string, tests: () => void): void => whereInstalled(name + why, tests);

/** Makes a self-signed certificate for a name or an address, such as `DNS:api.kith.test`. Returns files in PEM. */
export function testCertificate(subjectAltName: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kith-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const command = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=kith.test';
  const made = spawnSync('openssl', [
    ...command.split(' '),
    '-addext',
    `subjectAltName=${subjectAltName}`,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.stderr.toString()}`);
  return { cert, key, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
