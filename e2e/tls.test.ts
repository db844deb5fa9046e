import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSystem, type System } from '@kith/stack/testing';
import { describeOverTls, testCertificate } from '@kith/stack/testing/tls';

let certificate: ReturnType<typeof testCertificate>;
let system: System;

/** As a client does that knows the gateway by its name and trusts the certificate. */
async function get(path: string, options: object = {}, gatewayUrl = system.gatewayUrl) {
  const { token } = system;
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    request(`${gatewayUrl}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ca: readFileSync(certificate.cert),
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

describeOverTls('with TLS_CERT and TLS_KEY', () => {
  beforeAll(async () => {
    certificate = testCertificate('DNS:api.kith.test,IP:127.0.0.1');
    system = await startSystem({ env: { TLS_CERT: certificate.cert, TLS_KEY: certificate.key } });
  }, 120_000);
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
    certificate[Symbol.dispose]();
  }, 60_000);

  test('the gateway speaks https, and its certificate is the one given', async () => {
    expect(system.gatewayUrl).toMatch(/^https:/);
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
    const plain = system.gatewayUrl.replace('https:', 'http:');
    await expect(fetch(`${plain}/healthz`)).rejects.toThrow();
  });

  test('so do the services behind it, to a gateway that is told whom to trust, and to no other', async () => {
    const tls = { TLS_CERT: certificate.cert, TLS_KEY: certificate.key };
    const services = {
      CONTACTS_URL: await system.startReplica('contacts-service', tls),
      TOKENS_URL: await system.startReplica('token-service', tls),
    };
    expect(services).toEqual({
      CONTACTS_URL: expect.stringMatching(/^https:/),
      TOKENS_URL: expect.stringMatching(/^https:/),
    });
    const trusting = await system.startGateway({ ...services, INTERNAL_CA: certificate.cert });
    expect(await get('/contact-lists/all', {}, trusting)).toMatchObject({ status: 200 });
    const doubting = await system.startGateway(services);
    expect(await get('/contact-lists/all', {}, doubting)).toMatchObject({ status: 503 });
  }, 60_000);
});
