// An entry of its own: of the kit this and Redis alone need Jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe } from '@jest/globals';

const isInstalled = spawnSync('openssl', ['version']).status === 0;

// oxlint-disable-next-line jest/no-disabled-tests -- .ci/run takes what is skipped as failed.
const whereInstalled = isInstalled ? describe : describe.skip;
const why = isInstalled ? '' : ' (skipped: no openssl on the PATH to make a certificate with)';

/** For what needs a certificate; skipped, and says so, where none can be made. */
export const describeOverTls = (name: string, tests: () => void): void => whereInstalled(name + why, tests);

/** A certificate for a name or an address, such as `DNS:api.kith.test`, that is its own issuer: files in PEM. */
export function testCertificate(subjectAltName: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kith-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const asked = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=kith.test';
  const made = spawnSync('openssl', [
    ...asked.split(' '),
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
