import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSystem, type System } from '@kith/stack/testing';

const folder = mkdtempSync(join(tmpdir(), 'kith-tls-'));
const files = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
const asked = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=api.kith.test';
const { error } = spawnSync('openssl', [
  ...`${asked} -addext subjectAltName=DNS:api.kith.test`.split(' '),
  '-keyout',
  files.TLS_KEY,
  '-out',
  files.TLS_CERT,
]);
if (error) process.stderr.write('tls: skipped, for there is no openssl to make a certificate with\n');
const describeHttps = error ? describe.skip : describe;

let system: System | undefined;
beforeAll(async () => {
  if (!error) system = await startSystem({ env: files });
}, 120_000);
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}, 60_000);

/** As a client does that knows the gateway by its name and trusts the certificate. */
async function get(path: string, options: object = {}) {
  const { gatewayUrl, token } = system!;
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    request(`${gatewayUrl}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ca: readFileSync(files.TLS_CERT),
      servername: 'api.kith.test',
      agent: false,
      ...options,
    })
      .on('response', resolve)
      .on('error', reject)
      .end(),
  );
  const { authorized } = answer.socket as TLSSocket;
  const body = (await answer.setEncoding('utf8').toArray()).join('');
  return { status: answer.statusCode, authorized, headers: answer.headers, body };
}

describeHttps('with TLS_CERT and TLS_KEY', () => {
  test('the gateway speaks https, and its certificate is the one given', async () => {
    expect(system!.gatewayUrl).toMatch(/^https:/);
    const { status, authorized, headers, body } = await get('/contact-lists/all');
    expect({ status, authorized }).toEqual({ status: 200, authorized: true });
    expect(JSON.parse(body)).toMatchObject({ data: [{ name: 'Demo' }] });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('a client that asks for another name refuses to talk', async () => {
    await expect(get('/contact-lists/all', { servername: 'other.kith.test' })).rejects.toThrow(/does not match/);
  });

  test('it does not speak TLS 1.1', async () => {
    await expect(get('/contact-lists/all', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  test('nor http', async () => {
    const plain = system!.gatewayUrl.replace('https:', 'http:');
    await expect(fetch(`${plain}/healthz`)).rejects.toThrow();
  });
});
